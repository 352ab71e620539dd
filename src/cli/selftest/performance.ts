import type { Lab } from './lab.ts';

const LATENCY_REQUESTS = 20;
const THROUGHPUT_REQUESTS = 100;
/** What players wait for goes first. */
const LOWEST_PRIORITY = 10;

/** How long one request takes that nothing waits before, and how many a second are answered where many wait. */
export async function testPerformance(lab: Lab): Promise<string> {
  const latencies = await measureLatencies(lab);
  const ms = await measureBurst(lab);
  const perSecond = Math.round((THROUGHPUT_REQUESTS / ms) * 1_000);
  return (
    `latency p50 ${percentile(latencies, 50)} ms, p95 ${percentile(latencies, 95)} ms (${LATENCY_REQUESTS} in turn); ` +
    `${perSecond} a second (${THROUGHPUT_REQUESTS} at once in ${Math.round(ms)} ms)`
  );
}

async function measureLatencies({ requests, ring }: Lab): Promise<number[]> {
  const latencies: number[] = [];
  for (let count = 0; count < LATENCY_REQUESTS; count++) {
    const startMs = performance.now();
    const id = await requests.insertOne({ priority: LOWEST_PRIORITY });
    await ring();
    await requests.waitForAnswer(id);
    latencies.push(Math.round(performance.now() - startMs));
  }
  return latencies.sort((a, b) => a - b);
}

/** Milliseconds from the INSERT of all to the last answer. */
async function measureBurst({ requests, ring }: Lab): Promise<number> {
  const startMs = performance.now();
  const ids = await requests.insert(THROUGHPUT_REQUESTS, { priority: LOWEST_PRIORITY });
  await ring();
  for (const id of ids) await requests.waitForAnswer(id);
  return performance.now() - startMs;
}

function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0;
}
