import { setTimeout as delay } from 'node:timers/promises';
import { startAiStubProcess } from '../../test/support/ai-stub-process.ts';
import type { MariadbAddress } from '../../test/support/mariadb-server.ts';
import { numbers } from '../../test/support/numbers.ts';
import type { TestDatabase } from '../../test/support/test-database.ts';
import { cpuMsOf } from '../cpu-of.ts';
import { REQUEST_DATA } from '../http-alone.ts';
import { onNewDatabase, TUNED } from '../one-drain.ts';
import { startWorker } from '../worker-process.ts';

const PER_SECOND = 1_000;
const EVERY_MS = 100;
const WARM_UP_MS = 5_000;
const MEASURED_MS = 20_000;
const ROUNDS = 3;

/** The CPU of a worker at 1,000 requests a second, with its dashboard open in a browser's way, and without. */
export async function compareLoad(server: MariadbAddress): Promise<void> {
  const results: { without: number; open: number }[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const without = await onNewDatabase(server, (database) => measure(database, false));
    const open = await onNewDatabase(server, (database) => measure(database, true));
    results.push({ without, open });
    process.stdout.write(
      `round ${round}: ${without.toFixed(1)} % of a core without, ${open.toFixed(1)} % with it open\n`,
    );
  }
  const sum = (of: 'without' | 'open') => results.reduce((total, one) => total + one[of], 0);
  const more = 100 * (sum('open') / sum('without') - 1);
  process.stdout.write(
    `The worker with its dashboard open takes ${more.toFixed(1)} % more CPU (promised: less than 3)\n`,
  );
}

async function measure(database: TestDatabase, isOpen: boolean): Promise<number> {
  const stub = await startAiStubProcess();
  const dashboard = isOpen ? { DASHBOARD: 'true', DASHBOARD_BIND: '127.0.0.1:0' } : {};
  const worker = startWorker(database.settings, { AI_SERVICE_BASE_URL: stub.url, ...TUNED, ...dashboard });
  const stopped = new AbortController();
  try {
    await worker.started();
    const page = isOpen
      ? follow(String((await worker.waitForLog('Dashboard'))['url']), stopped.signal)
      : null;
    const asking = ask(database, stopped.signal);
    await delay(WARM_UP_MS);
    const before = cpuMsOf(worker.pid);
    const startedMs = performance.now();
    await delay(MEASURED_MS);
    const percent = (100 * (cpuMsOf(worker.pid) - before)) / (performance.now() - startedMs);
    stopped.abort();
    await Promise.all([asking, page]);
    return percent;
  } finally {
    stopped.abort();
    await worker.stop();
    await stub.stop();
  }
}

/** As the page does: it stays open, and takes what comes. */
async function follow(url: string, signal: AbortSignal): Promise<void> {
  const answer = await fetch(url, { headers: { accept: 'text/event-stream' }, signal });
  const reader = answer.body?.getReader();
  while (reader && !signal.aborted) {
    const read = await reader.read().catch(() => ({ done: true }));
    if (read.done) return;
  }
}

async function ask(database: TestDatabase, signal: AbortSignal): Promise<void> {
  const count = (PER_SECOND * EVERY_MS) / 1_000;
  const startMs = performance.now();
  for (let turn = 1; !signal.aborted; turn++) {
    await database.query(
      `INSERT INTO ai_requests (request_type, endpoint, request_data, timeout, expires_at)
       SELECT 'dialogue', '/api/v1/npc/dialogue', ?, 300, NOW(3) + INTERVAL 300 SECOND FROM ${numbers(count)}`,
      [REQUEST_DATA],
    );
    await delay(Math.max(0, startMs + turn * EVERY_MS - performance.now()));
  }
}
