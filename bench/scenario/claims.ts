import { MARIADB } from '../../src/config/schema.ts';
import type { QueueStore } from '../../src/queue/queue-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { numbers } from '../../test/support/numbers.ts';
import type { TestDatabase } from '../../test/support/test-database.ts';
import { REQUEST_DATA } from '../http-alone.ts';
import { partOf } from '../offer.ts';
import type { Times } from './times.ts';

/** So many that each claim takes. */
export const BATCH = 100;
const WORKER = 'bench:1:00000000';
const ANSWER = '{"text":"South.","emotion":"calm"}';
const MS = 1_000;
const ROUNDS = 5;
/** Of each round. */
const CLAIMS = 20;

interface Queue {
  readonly database: TestDatabase;
  readonly store: QueueStore;
  readonly times: number[];
}

/** Requests that wait, one made a millisecond after the other, the last of them now, for as long as a bench may take. */
export async function fillPending(database: TestDatabase, count: number): Promise<void> {
  await database.query(
    `INSERT INTO ai_requests (endpoint, request_data, created_at, available_at, expires_at)
     SELECT '/api/v1/npc/dialogue', ?, NOW(3) - INTERVAL (${count} - seq) * ${MS} MICROSECOND, NOW(3), NOW(3) + INTERVAL 1 DAY
       FROM ${numbers(count)}`,
    [REQUEST_DATA],
  );
}

/** Claims of 100 on each of the databases in turn, so that whatever else the machine does is for all alike. */
export async function timeClaims(databases: readonly TestDatabase[]): Promise<Times[]> {
  const queues = await Promise.all(databases.map(openQueue));
  try {
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const { store, database, times } of queues) {
        const these = await claimSome(store, database);
        // The first round compiles the code and fills the server's caches.
        if (round > 0) times.push(...these);
      }
    }
  } finally {
    await Promise.all(queues.map(({ store }) => store.close()));
  }
  return queues.map(({ times }) => timesOf(times));
}

/** The worker's own way to a queue, in this process: so its claims are timed where they are waited for. */
async function openQueue(database: TestDatabase): Promise<Queue> {
  const store = await openStore({
    ...{ kind: 'mariadb', ...database.settings, socketPath: null, sslCaFile: null },
    ...{ minPoolSize: MARIADB.minPoolSize.default, maxPoolSize: MARIADB.maxPoolSize.default },
  });
  return { database, store, times: [] };
}

/** One after the other, in milliseconds. What is claimed is answered, and as many requests come anew. */
async function claimSome(store: QueueStore, database: TestDatabase): Promise<number[]> {
  const times: number[] = [];
  for (let claim = 0; claim < CLAIMS; claim += 1) {
    const startMs = performance.now();
    const requests = await store.claim(WORKER, BATCH);
    times.push(performance.now() - startMs);
    if (requests.length !== BATCH) throw new Error(`A claim took ${requests.length} of ${BATCH} requests.`);
    const outcome = { kind: 'completed', answer: ANSWER } as const;
    await store.settle(
      WORKER,
      requests.map(({ id, claimNo, attempt }) => ({ id, claimNo, attempt, outcome, durationMs: 1 })),
    );
    await fillPending(database, BATCH);
  }
  return times;
}

function timesOf(unsorted: readonly number[]): Times {
  const sorted = unsorted.toSorted((one, other) => one - other);
  return {
    p50: partOf(sorted, 0.5),
    p95: partOf(sorted, 0.95),
    p99: partOf(sorted, 0.99),
    longest: partOf(sorted, 1),
  };
}
