import { createSocket } from 'node:dgram';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { AiStubProcess } from '../test/support/ai-stub-process.ts';
import type { MariadbAddress } from '../test/support/mariadb-server.ts';
import { numbers } from '../test/support/numbers.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/test-database.ts';
import type { WorkerProcess } from '../test/support/worker-process.ts';
import { REQUEST_DATA } from './http-alone.ts';
import { startWorker } from './worker-process.ts';

const SCHEMA = fileURLToPath(new URL('../sql-files/ai_ipc_tables.sql', import.meta.url));
const DRAIN_LIMIT_MS = 120_000;
const LOOK_EVERY_MS = 10;
/** What the admin of a busy server sets. */
export const TUNED = { BATCH_SIZE: '256', CONCURRENCY: '512' };

export interface DrainLoad {
  /** Of the worker. */
  readonly settings: Readonly<Record<string, string>>;
  /** Requests that are served before the measuring, while code is compiled. */
  readonly warmUp: number;
  readonly requests: number;
  /** Whether the table has requests of an earlier load, so that all of them cannot be counted. */
  readonly areOthersThere?: boolean;
}

export async function onNewDatabase<T>(
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

/** Starts a worker, drains the queue once for its warm-up, and then measures. */
export async function measureDrain(
  database: TestDatabase,
  stub: AiStubProcess,
  { settings, warmUp, requests, areOthersThere = false }: DrainLoad,
): Promise<Drained> {
  const worker = startWorker(database.settings, {
    AI_SERVICE_BASE_URL: stub.url,
    LOG_LEVEL: 'warn',
    ...settings,
  });
  try {
    await drainOf(database, worker, warmUp);
    const drained = await drainOf(database, worker, requests);
    if (!areOthersThere) await checkAll(database, warmUp + requests);
    return drained;
  } finally {
    await worker.stop();
  }
}

export interface Drained {
  readonly perSecond: number;
  /** What InnoDB wrote to its log for each request, from the claim on. */
  readonly logBytes: number;
}

/** Queues `count` requests at once, and measures from their commit until the last answer is committed. */
async function drainOf(database: TestDatabase, worker: WorkerProcess, count: number): Promise<Drained> {
  await database.query(
    `INSERT INTO ai_requests (request_type, endpoint, request_data, priority, timeout, expires_at)
     SELECT 'dialogue', '/api/v1/npc/dialogue', ?, 1 + seq % 10, 300, NOW(3) + INTERVAL 300 SECOND
       FROM ${numbers(count)}`,
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
export async function ringDoorbell(database: TestDatabase): Promise<void> {
  const [row] = await database.query('SELECT doorbell FROM ai_workers');
  if (row === undefined) return;
  const { hostname, port } = new URL(`udp://${row['doorbell']}`);
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.send('!', Number(port), hostname, resolve));
  socket.close();
}

async function endOfLog(database: TestDatabase): Promise<number> {
  // MariaDB's word for it, and MySQL's.
  const [row] = await database.query(
    "SHOW GLOBAL STATUS WHERE Variable_name IN ('Innodb_lsn_current', 'Innodb_redo_log_current_lsn')",
  );
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
