import { MariadbServer } from '../test/support/mariadb-server.ts';
import { numbers } from '../test/support/numbers.ts';
import type { TestDatabase } from '../test/support/test-database.ts';
import { REQUEST_DATA } from './http-alone.ts';
import { onNewDatabase } from './one-drain.ts';
import { WordError } from './scenario/benchmark.ts';
import { BATCH, fillPending, timeClaims } from './scenario/claims.ts';
import { type SizeAndList, sizeAndList } from './scenario/sizes.ts';
import { print, tellGoal, timesText } from './scenario/tell.ts';
import type { Times } from './scenario/times.ts';

/** One INSERT: more rows at once only make the server's undo log grow. */
const CHUNK = 250_000;
const DEFAULTS: SizeAndList = { size: 100_000, list: [1_000, 10_000, 100_000, 1_000_000] };
const MOST_RATIO = 1.3;

interface Queue {
  readonly pending: number;
  readonly database: TestDatabase;
}

/**
 * What a claim of 100 costs with a thousand to a million requests pending, and ended ones beside them, in turn:
 * `npm run bench -- backlog ENDED PENDING…`. The ended ones are there once for each number of pending ones.
 */
export async function backlog({ size: ended, list }: SizeAndList): Promise<void> {
  const server = new MariadbServer();
  try {
    await server.start();
    await onNewDatabases(server, list, async (queues) => {
      for (const { database, pending } of queues) {
        print(`filling ${pending} pending and ${ended} ended requests`);
        await fill(database, pending, ended);
      }
      const times = await timeClaims(queues.map(({ database }) => database));
      tell(
        times.map((each, at) => ({ pending: list[at] ?? 0, times: each })),
        ended,
      );
    });
  } finally {
    await server.remove();
  }
}

export function readBacklog(words: readonly string[]): SizeAndList {
  const sizes = sizeAndList(DEFAULTS, ['ended', 'pending'], words);
  const tooFew = sizes.list.find((pending) => pending < BATCH);
  if (tooFew === undefined) return sizes;
  throw new WordError(`${tooFew} pending requests are fewer than a claim of ${BATCH} takes.`);
}

/** One for each number of pending requests: to fill them between two measurements would take the machine through other times. */
async function onNewDatabases(
  server: MariadbServer,
  [pending, ...others]: readonly number[],
  work: (queues: readonly Queue[]) => Promise<void>,
): Promise<void> {
  if (pending === undefined) return await work([]);
  await onNewDatabase(server.address, async (database) => {
    await onNewDatabases(server, others, (queues) => work([{ pending, database }, ...queues]));
  });
}

/** The ended ones are older: their entries stand in other parts of the index, their rows before those that are claimed. */
async function fill(database: TestDatabase, pending: number, ended: number): Promise<void> {
  for (let from = 0; from < ended; from += CHUNK)
    await database.query(
      `INSERT INTO ai_requests (endpoint, request_data, status, created_at, claimed_at, processed_at, expires_at, available_at, attempts, claim_no)
       SELECT '/api/v1/npc/dialogue', ?, 'completed', NOW(3) - INTERVAL 1 DAY, NOW(3) - INTERVAL 1 DAY, NOW(3) - INTERVAL 1 DAY,
              NOW(3) - INTERVAL 23 HOUR, NOW(3) - INTERVAL 1 DAY, 1, 1
         FROM ${numbers(Math.min(CHUNK, ended - from))}`,
      [REQUEST_DATA],
    );
  for (let left = pending; left > 0; left -= CHUNK) await fillPending(database, Math.min(CHUNK, left));
  await database.query('ANALYZE TABLE ai_requests');
}

interface Claims {
  readonly pending: number;
  readonly times: Times;
}

function tell(all: readonly Claims[], ended: number): void {
  for (const { pending, times } of all)
    print(`claim of ${BATCH} with ${pending} pending, ${ended} ended beside: ${timesText(times, 1)}`);
  const [fewest, most] = [all[0], all.at(-1)];
  if (fewest === undefined || most === undefined || fewest === most) return;
  const ratio = most.times.p50 / fewest.times.p50;
  tellGoal(
    `p50 with ${most.pending} pending at most ${MOST_RATIO} times that with ${fewest.pending}`,
    ratio.toFixed(2),
    ratio <= MOST_RATIO,
  );
}
