import { readFileSync } from 'node:fs';
import type { TestDatabase } from '../../test/support/test-database.ts';
import type { WorkerProcess } from '../../test/support/worker-process.ts';
import { type Costs, costsBetween, costsOf } from './costs.ts';
import { type Load, untilServed, warmUp } from './load.ts';
import { type Settings, type Stage, withWorkers } from './stage.ts';
import { type RequestTimes, requestTimes } from './times.ts';
import { tripsOf } from './trips.ts';

export interface Play {
  readonly settings: Settings;
  /** How many workers; 1 unless said. */
  readonly workers?: number;
  readonly load: Load;
  /** Looks at what the load has left, before anything else is queued. */
  readonly afterwards?: () => Promise<void>;
  /** A little of the same, of which trips are counted. Without it they are not. */
  readonly little?: Load;
}

export interface Figures extends RequestTimes {
  readonly requests: number;
  /** Answers a second, from the first to the last. */
  readonly perSecond: number;
  readonly costs: Costs;
  /** Of the worker with most, from its start to the end. */
  readonly highestRssBytes: number;
  /** Of one worker; undefined where they were not counted. */
  readonly tripsPerRequest: number | undefined;
}

/** Plays a load on workers that are warm, checks that each request has its answer, and measures. */
export async function play(
  stage: Stage,
  { settings, workers: count, load, afterwards, little }: Play,
): Promise<Figures> {
  const { database } = stage;
  const options = count === undefined ? { settings } : { settings, count };
  const measured = await withWorkers(stage, options, (workers) => measure(stage, workers, load));
  const { afterId, requests } = measured;
  await checkAll(database, afterId, requests);
  const perSecond = await answersPerSecond(database, afterId);
  const times = await requestTimes(database, afterId);
  await afterwards?.();
  const tripsPerRequest = little && (await tripsOf(stage, settings, little));
  return { ...measured, ...times, perSecond, tripsPerRequest };
}

async function measure(stage: Stage, workers: readonly WorkerProcess[], load: Load) {
  const { database } = stage;
  await warmUp(database, workers);
  const afterId = await lastId(database);
  const before = await costsOf({ ...stage, workers });
  const requests = await load(workers);
  await untilServed(database, workers);
  const costs = costsBetween(before, await costsOf({ ...stage, workers }));
  const highestRssBytes = Math.max(...workers.map(({ pid }) => highestRssOf(pid)));
  return { afterId, requests, costs, highestRssBytes };
}

async function lastId(database: TestDatabase): Promise<number> {
  const [row] = await database.query('SELECT COALESCE(MAX(id), 0) AS id FROM ai_requests');
  return Number(row?.['id']);
}

/** A fast wrong answer is no answer. */
async function checkAll(database: TestDatabase, afterId: number, requests: number): Promise<void> {
  const [row] = await database.query(
    `SELECT COUNT(*) AS completed FROM ai_requests r JOIN ai_responses p ON p.request_id = r.id
      WHERE r.id > ${afterId} AND r.status = 'completed' AND p.response_data IS NOT NULL`,
  );
  const completed = Number(row?.['completed']);
  if (completed !== requests) throw new Error(`${completed} of ${requests} requests were answered.`);
}

async function answersPerSecond(database: TestDatabase, afterId: number): Promise<number> {
  const [row] = await database.query(
    `SELECT (COUNT(*) - 1) * 1000000 / TIMESTAMPDIFF(MICROSECOND, MIN(processed_at), MAX(processed_at)) AS per_second
       FROM ai_requests WHERE id > ${afterId}`,
  );
  return Number(row?.['per_second']);
}

/** Bytes of memory that a process has really held at its height (Linux). */
export function highestRssOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
