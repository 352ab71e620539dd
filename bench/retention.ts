import { once } from 'node:events';
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { createEvents } from '../src/base/events.ts';
import { keepingOldRequests, withWorker } from '../src/cli/base/with-worker.ts';
import { MARIADB, WORKER } from '../src/config/schema.ts';
import { defaultsOf } from '../src/config/setting.ts';
import type { QueueStore } from '../src/queue/queue-store.ts';
import { openStore } from '../src/store/open-store.ts';
import { type AiStubProcess, startAiStubProcess } from '../test/support/ai-stub-process.ts';
import { MariadbServer } from '../test/support/mariadb-server.ts';
import { numbers } from '../test/support/numbers.ts';
import type { TestDatabase } from '../test/support/test-database.ts';
import { REQUEST_DATA } from './http-alone.ts';
import { median } from './median.ts';
import { onNewDatabase } from './one-drain.ts';
import type { Sizes } from './scenario/sizes.ts';

const PROMISED_MS = 50;
const OLD_DAYS = 60;
/** One INSERT of each kind: more rows at once only make the server's undo log grow. */
const CHUNK = 250_000;
/** Small steps, as players come: 5 requests each at 500 a second. */
const EVERY_MS = 10;
const WARM_UP_MS = 3_000;
const WITHOUT_MS = 20_000;
const MAX_CLEANUP_MS = 30 * 60_000;
const MAX_DRAIN_MS = 60_000;

/** So many ended requests, each with its response and its two log rows, all older than both retentions; and so many new ones a second. */
type Load = Sizes<'ended' | 'perSecond'>;

interface Claimed {
  /** Of the claims that found something, in milliseconds, from the worker's call to the COMMIT's OK. */
  readonly times: readonly number[];
  readonly seconds: number;
}

/**
 * How long claims take while one worker serves 500 requests a second, with its cleanup of a million ended ones beside and
 * without it: `npm run bench -- retention ENDED PER_SECOND`. Ends with 1 where one claim in a hundred takes longer than promised.
 */
export async function retention(load: Load): Promise<void> {
  const server = new MariadbServer();
  const stub = await startAiStubProcess();
  try {
    await server.start();
    await onNewDatabase(server.address, (database) => measureAll(database, stub, load));
  } finally {
    await stub.stop();
    await server.remove();
  }
}

async function measureAll(database: TestDatabase, stub: AiStubProcess, load: Load): Promise<void> {
  const { ended } = load;
  print(`filling ${ended} ended requests`);
  await fill(database, ended);
  print(`${load.perSecond} requests a second; load of the machine before it: ${loadavg()[0]?.toFixed(1)}`);
  const without = await measure(database, stub, { ...load, isCleaning: false });
  tell('without cleanup', without);
  const during = await measure(database, stub, { ...load, isCleaning: true });
  tell('while cleanup runs', during);
  await checkAll(database, ended);
  print(
    `cleanup: ${ended} requests in ${during.seconds.toFixed(0)} s, ${Math.round(ended / during.seconds).toLocaleString('en-US')} a second`,
  );
  const p99 = at(during.times, 0.99);
  const isKept = p99 <= PROMISED_MS;
  print(
    `no claim slower than ${PROMISED_MS} ms at p99: ${isKept ? 'yes' : 'no'}; ${p99.toFixed(1)} ms, without cleanup ${at(without.times, 0.99).toFixed(1)} ms`,
  );
  if (!isKept) process.exitCode = 1;
}

/** One worker with the settings as they come, in this process: so its claims are timed where they are waited for. */
async function measure(
  database: TestDatabase,
  stub: AiStubProcess,
  { perSecond, isCleaning }: Load & { readonly isCleaning: boolean },
): Promise<Claimed> {
  const settings = { ...defaultsOf(WORKER), aiServiceBaseUrl: stub.url };
  const opened = await openStore({
    ...{ kind: 'mariadb', ...database.settings, socketPath: null, sslCaFile: null },
    ...{ minPoolSize: MARIADB.minPoolSize.default, maxPoolSize: MARIADB.maxPoolSize.default },
  });
  const times: number[] = [];
  let isMeasured = false;
  const timed: QueueStore = {
    ...opened,
    async claim(workerId, limit) {
      const startMs = performance.now();
      const requests = await opened.claim(workerId, limit);
      if (isMeasured && requests.length > 0) times.push(performance.now() - startMs);
      return requests;
    },
  };
  // The worker's own loop cleans: it is let go when the warm-up is over.
  const cleanup = heldCleanup(opened);
  const store = isCleaning ? { ...timed, cleanup: cleanup.run } : keepingOldRequests(timed);
  try {
    return await withWorker({ store, settings, events: createEvents() }, async () => {
      const stopped = new AbortController();
      const measuring = async () => {
        await delay(WARM_UP_MS);
        isMeasured = true;
        const startMs = performance.now();
        await (isCleaning ? cleanup.done() : delay(WITHOUT_MS));
        isMeasured = false;
        stopped.abort();
        return (performance.now() - startMs) / 1000;
      };
      const [seconds] = await Promise.all([measuring(), ask(database, perSecond, stopped.signal)]);
      await untilDrained(database);
      return { times: times.toSorted((one, other) => one - other), seconds };
    });
  } finally {
    await opened.close();
  }
}

/** The worker's first cleanup, which waits until `done` is called, and ends it. */
function heldCleanup(store: QueueStore) {
  const start = new AbortController();
  const end = new AbortController();
  return {
    async run(options: Parameters<QueueStore['cleanup']>[0]): Promise<number> {
      await untilAborted(AbortSignal.any([start.signal, ...(options.signal ? [options.signal] : [])]));
      try {
        return await store.cleanup(options);
      } finally {
        end.abort();
      }
    },
    async done(): Promise<void> {
      start.abort();
      const late = delay(MAX_CLEANUP_MS, 'late', { ref: false });
      if ((await Promise.race([untilAborted(end.signal), late])) === 'late')
        throw new Error(`The cleanup took longer than ${MAX_CLEANUP_MS / 60_000} min.`);
    },
  };
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

async function ask(database: TestDatabase, perSecond: number, signal: AbortSignal): Promise<void> {
  const startMs = performance.now();
  let asked = 0;
  while (!signal.aborted) {
    const due = Math.floor(((performance.now() - startMs) * perSecond) / 1_000) - asked;
    if (due > 0) {
      const row = "('dialogue', '/api/v1/npc/dialogue', ?, 300, NOW(3) + INTERVAL 300 SECOND)";
      await database.query(
        `INSERT INTO ai_requests (request_type, endpoint, request_data, timeout, expires_at)
         VALUES ${Array(due).fill(row).join(', ')}`,
        Array(due).fill(REQUEST_DATA),
      );
      asked += due;
    }
    await delay(EVERY_MS);
  }
}

async function untilDrained(database: TestDatabase): Promise<void> {
  const giveUpAt = performance.now() + MAX_DRAIN_MS;
  for (;;) {
    const [row] = await database.query(
      "SELECT EXISTS (SELECT 1 FROM ai_requests WHERE status IN ('pending', 'processing')) AS isOpen",
    );
    if (row?.['isOpen'] === 0) return;
    if (performance.now() > giveUpAt) throw new Error('The requests are not answered in time.');
    await delay(EVERY_MS);
  }
}

/** A cleanup that leaves something, or a claim that is never answered, is no fast one. */
async function checkAll(database: TestDatabase, ended: number): Promise<void> {
  const [row] = await database.query(
    `SELECT COALESCE(SUM(id <= ${ended}), 0) AS old, COALESCE(SUM(id > ${ended} AND status <> 'completed'), 0) AS failed,
            (SELECT COUNT(*) FROM ai_responses WHERE request_id <= ${ended}) AS responses,
            (SELECT COUNT(*) FROM ai_request_log WHERE created_at < NOW(3) - INTERVAL 1 DAY) AS log_rows
       FROM ai_requests`,
  );
  const left = [row?.['old'], row?.['failed'], row?.['responses'], row?.['log_rows']].map(Number);
  if (left.some((count) => count !== 0))
    throw new Error(
      `Left over: ${left[0]} old requests, ${left[2]} responses, ${left[3]} log rows; ${left[1]} requests not completed.`,
    );
}

function tell(when: string, { times, seconds }: Claimed): void {
  const [p95, p99, longest] = [0.95, 0.99, 1].map((part) => at(times, part).toFixed(1));
  print(
    `${when}: ${times.length} claims in ${seconds.toFixed(0)} s: p50 ${median(times).toFixed(1)} ms, p95 ${p95} ms, p99 ${p99} ms, longest ${longest} ms`,
  );
}

/** Of sorted values. */
function at(times: readonly number[], part: number): number {
  return times[Math.floor((times.length - 1) * part)] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function fill(database: TestDatabase, ended: number): Promise<void> {
  const made = `NOW(3) - INTERVAL ${OLD_DAYS} DAY`;
  for (let from = 0; from < ended; from += CHUNK) {
    const id = `(${from} + seq)`;
    const rows = numbers(Math.min(CHUNK, ended - from));
    await database.query(
      `INSERT INTO ai_requests (id, request_type, endpoint, request_data, status, created_at, claimed_at, processed_at,
                                expires_at, available_at, source_npc, attempts, claim_no)
       SELECT ${id}, 'dialogue', '/api/v1/npc/dialogue', ?, 'completed', ${made}, ${made}, ${made},
              ${made} + INTERVAL 30 SECOND, ${made}, CONCAT('NPC ', seq MOD 200), 1, 1
         FROM ${rows}`,
      [REQUEST_DATA],
    );
    await database.query(
      `INSERT INTO ai_responses (request_id, response_data, processing_time_ms)
       SELECT ${id}, '{"text":"South.","emotion":"calm"}', 400 FROM ${rows}`,
    );
    for (const event of ['claimed', 'completed'])
      await database.query(
        `INSERT INTO ai_request_log (request_id, event_type, event_data, created_at)
         SELECT ${id}, '${event}', '{"attempt":1}', ${made} FROM ${rows}`,
      );
  }
  await database.query('ANALYZE TABLE ai_requests, ai_responses, ai_request_log');
}
