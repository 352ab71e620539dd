import { AiIpcError } from '../base/errors.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import type { Report, TestName } from './selftest-report.ts';
import { FIFTY_YEARS_SECONDS, type OwnRequests } from './selftest-requests.ts';

const LATENCY_REQUESTS = 20;
const THROUGHPUT_REQUESTS = 100;
/** What players wait for goes first. */
const LOWEST_PRIORITY = 10;

export interface Lab {
  readonly store: QueueStore;
  readonly requests: OwnRequests;
  /** Tells the workers that there is something to do. */
  readonly ring: () => Promise<void>;
  readonly signal: AbortSignal;
}

interface QueueTest {
  readonly name: TestName;
  /** Without this one it could only fail for the same reason. */
  readonly needs?: TestName;
  readonly run: (lab: Lab) => Promise<string>;
}

const QUEUE_TESTS: readonly QueueTest[] = [
  { name: 'Request insertion', run: testInsertion },
  { name: 'Request processing', needs: 'Request insertion', run: testProcessing },
  { name: 'Response retrieval', needs: 'Request processing', run: testRetrieval },
  { name: 'Timeout handling', needs: 'Request insertion', run: testTimeout },
  { name: 'Cleanup operations', needs: 'Request insertion', run: testCleanup },
  { name: 'Performance metrics', needs: 'Request processing', run: testPerformance },
];

/** Runs the tests that need a queue and a worker. */
export async function runQueueTests(report: Report, lab: Lab): Promise<void> {
  for (const { name, needs, run } of QUEUE_TESTS) {
    if (lab.signal.aborted) return;
    if (needs !== undefined && !report.hasPassed(needs)) report.skip(name, `it needs ${needs}.`);
    else await report.run(name, () => run(lab));
  }
}

/** Reads each table that a client may read. Its own rows are written by the next test. */
export async function testTables(store: QueueStore): Promise<string> {
  const [depth] = await Promise.all([store.depth(), store.sightings(), store.read(0)]);
  return `all there; ${depth.pending} requests pending, ${depth.processing} processing`;
}

async function testInsertion({ store, requests, ring }: Lab): Promise<string> {
  const id = await requests.insertOne();
  await ring();
  const view = await store.read(id);
  if (view !== undefined) return `request ${id} is in the queue`;
  throw new AiIpcError('database_failed', `Request ${id} was inserted and cannot be read.`);
}

async function testProcessing({ requests, ring }: Lab): Promise<string> {
  const id = await requests.insertOne();
  await ring();
  const { processingTimeMs } = await requests.waitForAnswer(id);
  return `request ${id} was answered by the AI service in ${processingTimeMs} ms`;
}

async function testRetrieval({ requests, ring }: Lab): Promise<string> {
  const id = await requests.insertOne();
  await ring();
  const { responseData } = await requests.waitForAnswer(id);
  const answer: unknown = JSON.parse(responseData ?? '');
  const text = JSON.stringify(answer);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/**
 * A life of 0 s has ended before anybody can claim the request, so this needs no AI service that is slow, and nobody may
 * call one: a worker must write the end, with its reason.
 */
async function testTimeout({ requests }: Lab): Promise<string> {
  const id = await requests.insertOne({ timeoutSeconds: 0 });
  const { status, errorMessage, processingTimeMs } = await requests.waitForEnd(id);
  if (status === 'timeout' && errorMessage !== null && processingTimeMs === null)
    return `request ${id} with a life of 0 s became timeout, without a call`;
  throw new Error(
    `Request ${id} had a life of 0 s and became ${status} (call: ${processingTimeMs ?? 'none'} ms), not timeout.`,
  );
}

/** A cleanup of what is older than 50 years: that can only be what this test itself has made so old. */
async function testCleanup({ store, requests, signal }: Lab): Promise<string> {
  const [oldId, youngId] = [await endedRequest(), await endedRequest()];
  await requests.makeOld(oldId);
  await store.cleanup({ ageSeconds: FIFTY_YEARS_SECONDS, scan: 'whole', signal });
  const [old, young] = [await store.read(oldId), await store.read(youngId)];
  if (old !== undefined) throw new Error(`Request ${oldId} is old and ended, and cleanup left it there.`);
  if (young === undefined) throw new Error(`Request ${youngId} is young, and it is gone.`);
  return 'an old ended request was deleted, a young one was kept';

  async function endedRequest(): Promise<number> {
    const id = await requests.insertOne({ timeoutSeconds: 0 });
    // Unless a worker has ended it just before.
    await store.cancel(id);
    return id;
  }
}

async function testPerformance(lab: Lab): Promise<string> {
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
