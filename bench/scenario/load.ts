import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { numbers } from '../../test/support/numbers.ts';
import type { TestDatabase } from '../../test/support/test-database.ts';
import type { WorkerProcess } from '../../test/support/worker-process.ts';
import { REQUEST_DATA } from '../http-alone.ts';
import type { Pace } from '../offer.ts';

/** Small steps, as players come: ten requests each at 2,000 a second. */
const EVERY_MS = 5;
const LOOK_EVERY_MS = 20;
const WARM_UP = 2_000;
/** Longer than the life of the requests: by then each has ended in one way or another. */
const MAX_SERVE_MS = 360_000;
const INSERT = 'INSERT INTO ai_requests (request_type, endpoint, request_data, timeout, expires_at)';
const ROW = "'dialogue', '/api/v1/npc/dialogue', ?, 300, NOW(3) + INTERVAL 300 SECOND";

/** Queues requests and returns how many; waits only for what its own course needs. */
export type Load = (workers: readonly WorkerProcess[]) => Promise<number>;

/** Before the measuring: the code of worker and stub is compiled while these are served. */
export async function warmUp(database: TestDatabase, workers: readonly WorkerProcess[]): Promise<void> {
  await queueAtOnce(database, WARM_UP);
  await untilServed(database, workers);
}

/** So many requests in one INSERT, of the priority that scripts have, and a ring after its commit. */
export async function queueAtOnce(database: TestDatabase, count: number): Promise<void> {
  await database.query(`${INSERT} SELECT ${ROW} FROM ${numbers(count)}`, [REQUEST_DATA]);
  const bell = await openBell(database);
  await bell.ring();
  await bell.close();
}

/** So many a second, whatever becomes of those before, each step with a ring. Returns how many. */
export async function queueAtPace(database: TestDatabase, { perSecond, seconds }: Pace): Promise<number> {
  const all = Math.round(perSecond * seconds);
  const bell = await openBell(database);
  const startMs = performance.now();
  let queued = 0;
  while (queued < all) {
    const passedMs = performance.now() - startMs;
    const due = Math.min(all, Math.ceil((passedMs * perSecond) / 1_000)) - queued;
    if (due > 0) {
      const rows = Array(due).fill(`(${ROW})`).join(', ');
      await database.query(`${INSERT} VALUES ${rows}`, Array(due).fill(REQUEST_DATA));
      await bell.ring();
      queued += due;
    }
    await delay(EVERY_MS);
  }
  await bell.close();
  return all;
}

/** Rings every worker, as clients do. */
async function openBell(database: TestDatabase): Promise<{ ring(): Promise<void>; close(): Promise<void> }> {
  const rows = await database.query<{ doorbell: string }[]>(
    'SELECT doorbell FROM ai_workers WHERE doorbell IS NOT NULL',
  );
  const places = rows.map(({ doorbell }) => new URL(`udp://${doorbell}`));
  const socket = createSocket('udp4');
  const ringAt = ({ hostname, port }: URL) =>
    new Promise((resolve) => socket.send('!', Number(port), hostname, resolve));
  return {
    async ring() {
      await Promise.all(places.map(ringAt));
    },
    async close() {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

/** Two looks by index: the waiting itself must cost next to nothing. */
const NOTHING_LEFT = `
  SELECT NOT EXISTS (SELECT 1 FROM ai_requests WHERE status = 'pending')
     AND NOT EXISTS (SELECT 1 FROM ai_requests WHERE status = 'processing') AS done`;

/** Until every request has ended. Throws when a worker ends before, or when it takes longer than a request lives. */
export async function untilServed(database: TestDatabase, workers: readonly WorkerProcess[]): Promise<void> {
  const giveUpAtMs = performance.now() + MAX_SERVE_MS;
  for (;;) {
    const [row] = await database.query(NOTHING_LEFT);
    if (row?.['done'] === 1) return;
    const ended = workers.find((worker) => worker.hasEnded);
    if (ended !== undefined) throw new Error(`A worker ended while it was to serve:\n${ended.output}`);
    if (performance.now() > giveUpAtMs)
      throw new Error(`Requests are open after ${MAX_SERVE_MS / 1_000} s.\n${workers[0]?.output}`);
    await delay(LOOK_EVERY_MS);
  }
}
