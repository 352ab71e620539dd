import type { Lab } from './lab.ts';

const LATENCY_REQUESTS = 20;
const THROUGHPUT_REQUESTS = 100;
/** What players wait for goes first. */
const LOWEST_PRIORITY = 10;
/** An AI service that takes seconds for its health has shown by then what there is to see. */
const MOST_MS = 10_000;

/** How long one request takes that nothing waits before, and how many a second are answered where many wait. */
export async function testPerformance(lab: Lab): Promise<string> {
  const latencies = await measureLatencies(lab);
  const { answered, ms } = await measureBurst(lab);
  const perSecond = Math.round((answered / ms) * 1_000);
  if (answered < THROUGHPUT_REQUESTS)
    lab.warn(
      `The AI service is slow: of ${THROUGHPUT_REQUESTS} requests at once, ${answered} were answered within ${MOST_MS / 1_000} s; the others were cancelled.`,
    );
  return (
    `latency p50 ${percentile(latencies, 50)} ms, p95 ${percentile(latencies, 95)} ms (${latencies.length} in turn); ` +
    `${perSecond} a second (${answered} at once in ${Math.round(ms)} ms)`
  );
}

async function measureLatencies({ requests, ring }: Lab): Promise<number[]> {
  const latencies: number[] = [];
  const untilMs = performance.now() + MOST_MS;
  while (latencies.length < LATENCY_REQUESTS && performance.now() < untilMs) {
    const startMs = performance.now();
    const id = await requests.insertOne({ priority: LOWEST_PRIORITY });
    await ring();
    await requests.waitForAnswer(id);
    latencies.push(Math.round(performance.now() - startMs));
  }
  return latencies.sort((a, b) => a - b);
}

/** Milliseconds from the INSERT of all to the last answer, or until there was patience. */
async function measureBurst({ requests, ring }: Lab): Promise<{ answered: number; ms: number }> {
  const startMs = performance.now();
  const ids = await requests.insert(THROUGHPUT_REQUESTS, { priority: LOWEST_PRIORITY });
  await ring();
  let answered = 0;
  for (const id of ids) {
    if (performance.now() - startMs > MOST_MS) break;
    await requests.waitForAnswer(id);
    answered += 1;
  }
  return { answered, ms: performance.now() - startMs };
}

function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0;
}
