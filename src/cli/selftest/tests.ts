import { AiIpcError, messageOf } from '../../base/errors.ts';
import type { QueueStore } from '../../queue/queue-store.ts';
import { OLDER_THAN_ANY_SECONDS } from '../../store/marked-requests.ts';
import type { Lab } from './lab.ts';
import { testPerformance } from './performance.ts';
import type { Report, TestName } from './report.ts';
import { DIALOGUE, Unanswered } from './requests.ts';

interface QueueTest {
  readonly name: TestName;
  /** Without this one it could only fail for the same reason. */
  readonly needs?: TestName;
  /** Without a worker it could only wait in vain. */
  readonly needsWorker?: true;
  readonly run: (lab: Lab) => Promise<string>;
}

const QUEUE_TESTS: readonly QueueTest[] = [
  { name: 'Request insertion', run: testInsertion },
  { name: 'Request processing', needs: 'Request insertion', needsWorker: true, run: testProcessing },
  { name: 'Response retrieval', needs: 'Request processing', run: testRetrieval },
  { name: 'Timeout handling', needs: 'Request insertion', needsWorker: true, run: testTimeout },
  { name: 'Cleanup operations', needs: 'Request insertion', run: testCleanup },
  { name: 'Performance metrics', needs: 'Request processing', run: testPerformance },
];

/** Runs the tests that need a queue and a worker. */
export async function runQueueTests(report: Report, lab: Lab): Promise<void> {
  for (const { name, needs, needsWorker, run } of QUEUE_TESTS) {
    if (lab.signal.aborted) return;
    if (needs !== undefined && !report.hasPassed(needs)) report.skip(name, `it needs ${needs}.`);
    else if (needsWorker && lab.whyUnserved !== undefined) report.fail(name, lab.whyUnserved);
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

/** A dialogue, for health says nothing of what NPCs need: the key, a model, the switch. */
async function testProcessing(lab: Lab): Promise<string> {
  const id = await lab.requests.insertOne(DIALOGUE);
  await lab.ring();
  try {
    const { processingTimeMs, responseData } = await lab.requests.waitForAnswer(id);
    warnOfLimit(fieldsOf(responseData), lab);
    return `dialogue ${id} was answered by the AI service in ${processingTimeMs} ms: ${shortened(responseData)}`;
  } catch (error) {
    const status = refusalIn(error);
    if (status === 401 || status === 403) throw withKeyAdvice(error);
    if (status === undefined || !OTHER_CONTRACT.includes(status)) throw error;
    lab.warn(
      `Only the health of the AI service was tested, for it takes no such dialogue: ${messageOf(error)}`,
    );
    return await processHealthCheck(lab);
  }
}

async function processHealthCheck({ requests, ring }: Lab): Promise<string> {
  const id = await requests.insertOne();
  await ring();
  const { processingTimeMs } = await requests.waitForAnswer(id);
  return `request ${id} was answered by the AI service in ${processingTimeMs} ms`;
}

/** How a service of somebody else's says that its dialogue is another one, or elsewhere: NPC scripts ask it their way. */
const OTHER_CONTRACT: readonly number[] = [400, 404, 405, 422];

/** The HTTP status with which the AI service refused a request; undefined for any other end. */
function refusalIn(error: unknown): number | undefined {
  if (!(error instanceof Unanswered) || error.code !== 'ai_client_error') return undefined;
  const [, status] = /with HTTP (4\d\d)\b/.exec(error.message) ?? [];
  return status === undefined ? undefined : Number(status);
}

function withKeyAdvice(error: unknown): Error {
  const advice =
    'Give the worker the key that the AI service asks for (AI_SERVICE_KEY there): ' +
    `AI_SERVICE_HEADERS='{"Authorization":"Bearer KEY"}', or ai_service_headers in the file; then start it again.`;
  return new Error(`${messageOf(error)} ${advice}`, { cause: error });
}

function warnOfLimit({ limited }: Fields, { warn }: Lab): void {
  if (limited === 'off')
    warn('All NPCs are switched off, and say one canned line. `ai-ipc npcs on` lets them speak.');
  else if (typeof limited === 'string')
    warn(`The AI service answered with a canned line, for it is limited: ${JSON.stringify(limited)}.`);
}

/** Health, after the dialogue: the AI service then knows whether its model and its memory work. */
async function testRetrieval({ requests, ring, warn }: Lab): Promise<string> {
  const id = await requests.insertOne();
  await ring();
  const { responseData } = await requests.waitForAnswer(id);
  const { status, reason } = fieldsOf(responseData);
  if (status === 'degraded' || status === 'loading')
    warn(`The AI service is ${status}: ${typeof reason === 'string' ? reason : 'it gives no reason.'}`);
  return shortened(responseData);
}

type Fields = Readonly<Record<string, unknown>>;

/** Throws SyntaxError for what is not JSON. */
function fieldsOf(answer: string | null): Fields {
  const json: unknown = JSON.parse(answer ?? '');
  return typeof json === 'object' && json !== null ? { ...json } : {};
}

function shortened(answer: string | null): string {
  const text = JSON.stringify(JSON.parse(answer ?? ''));
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
  await store.cleanup({ ageSeconds: OLDER_THAN_ANY_SECONDS, scan: 'whole', signal });
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
