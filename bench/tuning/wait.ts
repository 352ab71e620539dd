import { setTimeout as delay } from 'node:timers/promises';
import type { TestDatabase } from '../../test/support/test-database.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import type { WorkerProcess } from '../../test/support/worker-process.ts';
import { cpuMsOf } from '../cpu-of.ts';
import { ringDoorbell } from '../one-drain.ts';
import { startWorker } from '../worker-process.ts';

const REQUESTS = 25;
/** Longer than the longest look of an idle worker, and out of step with each. */
const APART_MS = 337;
const IDLE_MS = 8_000;

export interface Wait {
  /** From the request to its claim, on the average, when nothing told the worker of it. */
  readonly waitedMs: number;
  /** When the doorbell did. */
  readonly rungMs: number;
  /** Of a core, while nothing happens. */
  readonly idlePercent: string;
}

/** A worker that has nothing to do but a request now and then. */
export async function measureWait(database: TestDatabase, aiUrl: string, pollMs: number): Promise<Wait> {
  const worker = startWorker(database.settings, {
    AI_SERVICE_BASE_URL: aiUrl,
    POLL_INTERVAL_MS: String(pollMs),
  });
  try {
    await worker.started();
    const waitedMs = await waitOf(database, worker, false);
    const rungMs = await waitOf(database, worker, true);
    const before = cpuMsOf(worker.pid);
    await delay(IDLE_MS);
    const idlePercent = ((100 * (cpuMsOf(worker.pid) - before)) / IDLE_MS).toFixed(1);
    return { waitedMs, rungMs, idlePercent };
  } finally {
    await worker.stop();
  }
}

async function waitOf(database: TestDatabase, worker: WorkerProcess, isRung: boolean): Promise<number> {
  await database.query('DELETE FROM ai_requests');
  for (let count = 0; count < REQUESTS; count++) {
    await database.query("INSERT INTO ai_requests (request_type, endpoint) VALUES ('dialogue', '/x')");
    if (isRung) await ringDoorbell(database);
    await delay(APART_MS);
  }
  await waitFor(async () => worker.hasEnded || (await claimed(database)).count === REQUESTS, {
    what: 'every request to be claimed',
  });
  if (worker.hasEnded) throw new Error(`The worker ended:\n${worker.output}`);
  return Math.round((await claimed(database)).ms);
}

async function claimed(database: TestDatabase): Promise<{ readonly count: number; readonly ms: number }> {
  const [row] = await database.query(
    `SELECT COUNT(claimed_at) AS claims,
            AVG(TIMESTAMPDIFF(MICROSECOND, created_at, claimed_at)) / 1000 AS ms FROM ai_requests`,
  );
  return { count: Number(row?.['claims']), ms: Number(row?.['ms']) };
}
