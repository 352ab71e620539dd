import { createSocket } from 'node:dgram';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type AiStubProcess, startAiStubProcess } from '../test/support/ai-stub-process.ts';
import { type MariadbAddress, MariadbServer } from '../test/support/mariadb-server.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/test-database.ts';
import type { WorkerProcess } from '../test/support/worker-process.ts';
import { measureHttpAlone, REQUEST_DATA } from './http-alone.ts';
import { startWorker } from './worker-process.ts';

const SCHEMA = fileURLToPath(new URL('../sql-files/ai_ipc_tables.sql', import.meta.url));
const REQUESTS = 20_000;
/** Before the measuring: the code of worker and stub is compiled while it runs, as that of HTTP alone is. */
const WARM_UP = 20_000;
const ROUNDS = 3;
const DRAIN_LIMIT_MS = 120_000;
const LOOK_EVERY_MS = 10;
/** Transactions whose old row versions wait for InnoDB's purge: a resting server has a few. */
const PURGED_BELOW = 50;
const MAX_PURGE_LOOKS = 100;
/** What the admin of a busy server sets. */
const TUNED = { BATCH_SIZE: '256', CONCURRENCY: '512' };
/** HTTP alone is measured as the worker calls, and as these cores do best: which of these is best, differs. */
const HTTP_CONCURRENCIES = [64, 256] as const;

/**
 * 20,000 requests queued at once, an AI service that answers in 0 ms, everything (MariaDB with durable commits, worker,
 * stub, load) on this machine: requests a second from the INSERT's commit to the last answer, against HTTP alone.
 */
export async function drain(): Promise<void> {
  const server = new MariadbServer();
  const stub = await startAiStubProcess();
  try {
    await server.start();
    await compare(server.address, stub);
  } finally {
    await server.remove();
    await stub.stop();
  }
}

async function compare(server: MariadbAddress, stub: AiStubProcess): Promise<void> {
  const rows: Figures[] = [];
  await measureHttp(stub.url, WARM_UP);
  for (let round = 1; round <= ROUNDS; round++) {
    await untilPurged(server);
    const http = await measureHttp(stub.url, REQUESTS);
    const tuned = await onNewDatabase(server, (database) => measureDrain(database, stub, TUNED));
    const byDefault = await onNewDatabase(server, (database) => measureDrain(database, stub, {}));
    const figures = {
      ...http,
      tuned: tuned.perSecond,
      byDefault: byDefault.perSecond,
      logBytes: tuned.logBytes,
    };
    rows.push(figures);
    print(`round ${round}`, figures);
  }
  const medianOf = (value: (row: Figures) => number) => median(rows.map(value));
  print('median', {
    httpAlike: medianOf((row) => row.httpAlike),
    httpBest: medianOf((row) => row.httpBest),
    tuned: medianOf((row) => row.tuned),
    byDefault: medianOf((row) => row.byDefault),
    logBytes: medianOf((row) => row.logBytes),
  });
  const settings = JSON.stringify(TUNED);
  process.stdout.write(
    `Drain to HTTP alone, medians of ${ROUNDS} rounds:\n` +
      `  ${settings}: ${medianOf((row) => row.tuned / row.httpAlike).toFixed(2)} of the same client with as many calls, ` +
      `${medianOf((row) => row.tuned / row.httpBest).toFixed(2)} of the best that it does with any number of calls\n` +
      `  default settings: ${medianOf((row) => row.byDefault / row.httpBest).toFixed(2)} of the best\n` +
      `InnoDB's log: ${Math.round(medianOf((row) => row.logBytes))} bytes a request\n`,
  );
}

/** Calls a second without a queue: with as many calls at once as the tuned worker has, and with the best number. */
async function measureHttp(url: string, count: number): Promise<{ httpAlike: number; httpBest: number }> {
  const httpAlike = await measureHttpAlone(url, { count, concurrency: Number(TUNED.CONCURRENCY) });
  const rates = [httpAlike];
  for (const concurrency of HTTP_CONCURRENCIES)
    rates.push(await measureHttpAlone(url, { count, concurrency }));
  return { httpAlike, httpBest: Math.max(...rates) };
}
/** What the round before has left to tidy up must not slow HTTP alone down. */
async function untilPurged(server: MariadbAddress): Promise<void> {
  await onNewDatabase(server, async (database) => {
    for (let looks = 0; looks < MAX_PURGE_LOOKS; looks++) {
      const [row] = await database.query("SHOW GLOBAL STATUS LIKE 'Innodb_history_list_length'");
      if (Number(row?.['Value']) < PURGED_BELOW) return;
      await delay(100);
    }
  });
}

interface Figures {
  readonly httpAlike: number;
  readonly httpBest: number;
  readonly tuned: number;
  readonly byDefault: number;
  readonly logBytes: number;
}

async function onNewDatabase<T>(
  server: MariadbAddress,
  work: (database: TestDatabase) => Promise<T>,
): Promise<T> {
  const database = await createTestDatabase(server);
  try {
    await database.loadSqlFile(SCHEMA);
    return await work(database);
  } finally {
    await database.drop();
  }
}

async function measureDrain(
  database: TestDatabase,
  stub: AiStubProcess,
  settings: Readonly<Record<string, string>>,
): Promise<Drained> {
  const worker = startWorker(database.settings, {
    AI_SERVICE_BASE_URL: stub.url,
    LOG_LEVEL: 'warn',
    ...settings,
  });
  try {
    await drainOf(database, worker, WARM_UP);
    const drained = await drainOf(database, worker, REQUESTS);
    await checkAll(database, WARM_UP + REQUESTS);
    return drained;
  } finally {
    await worker.stop();
  }
}

interface Drained {
  readonly perSecond: number;
  /** What InnoDB wrote to its log for each request, from the claim on. */
  readonly logBytes: number;
}

/** Queues `count` requests at once, and measures from their commit until the last answer is committed. */
async function drainOf(database: TestDatabase, worker: WorkerProcess, count: number): Promise<Drained> {
  await database.query(
    `INSERT INTO ai_requests (request_type, endpoint, request_data, priority, timeout, expires_at)
     SELECT 'dialogue', '/api/v1/npc/dialogue', ?, 1 + seq % 10, 300, NOW(3) + INTERVAL 300 SECOND
       FROM seq_1_to_${count}`,
    [REQUEST_DATA],
  );
  const startedAtByte = await endOfLog(database);
  const startedMs = performance.now();
  await ringDoorbell(database);
  await until(database, NOTHING_LEFT, worker);
  const seconds = (performance.now() - startedMs) / 1000;
  const logBytes = (await endOfLog(database)) - startedAtByte;
  return { perSecond: count / seconds, logBytes: logBytes / count };
}

/** As every client does after its INSERT. Before the warm-up there may be no worker yet: it looks when it starts. */
async function ringDoorbell(database: TestDatabase): Promise<void> {
  const [row] = await database.query('SELECT doorbell FROM ai_workers');
  if (row === undefined) return;
  const { hostname, port } = new URL(`udp://${row['doorbell']}`);
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.send('!', Number(port), hostname, resolve));
  socket.close();
}

async function endOfLog(database: TestDatabase): Promise<number> {
  const [row] = await database.query("SHOW GLOBAL STATUS LIKE 'Innodb_lsn_current'");
  return Number(row?.['Value']);
}

/** Two index look-ups: the measuring itself must cost next to nothing. */
const NOTHING_LEFT = `
  SELECT NOT EXISTS (SELECT 1 FROM ai_requests WHERE status = 'pending')
     AND NOT EXISTS (SELECT 1 FROM ai_requests WHERE status = 'processing') AS done`;

async function until(database: TestDatabase, sql: string, worker: WorkerProcess): Promise<void> {
  const giveUpAt = performance.now() + DRAIN_LIMIT_MS;
  for (;;) {
    const [row] = await database.query(sql);
    if (row?.['done'] === 1) return;
    if (performance.now() > giveUpAt) throw new Error(`Not done in time: ${sql}\n${worker.output}`);
    await delay(LOOK_EVERY_MS);
  }
}

/** A fast wrong answer is no answer: every request completed, with its response and its two audit rows. */
async function checkAll(database: TestDatabase, requests: number): Promise<void> {
  const [row] = await database.query(
    `SELECT (SELECT COUNT(*) FROM ai_requests WHERE status = 'completed') AS completed,
            (SELECT COUNT(*) FROM ai_responses WHERE response_data IS NOT NULL) AS responses,
            (SELECT COUNT(*) FROM ai_request_log WHERE event_type IN ('claimed', 'completed')) AS audit_rows`,
  );
  const found = [row?.['completed'], row?.['responses'], row?.['audit_rows']].map(Number);
  const isComplete = found.join() === [requests, requests, 2 * requests].join();
  if (!isComplete) throw new Error(`Requests are missing: ${found.join(' ')}`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function print(name: string, { httpAlike, httpBest, tuned, byDefault }: Figures): void {
  const perSecond = (value: number) => `${Math.round(value)}/s`.padStart(8);
  process.stdout.write(
    `${name.padEnd(8)} HTTP alone ${perSecond(httpAlike)}, best ${perSecond(httpBest)}   ` +
      `drain, tuned ${perSecond(tuned)}   drain, default ${perSecond(byDefault)}\n`,
  );
}
