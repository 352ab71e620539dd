import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import { useQueue } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers, type WorkerProcess } from '../support/worker-process.ts';

const DOWN = 'AI service is down: claiming stops until it answers again';

const queue = useQueue();
const startWorker = useWorkers();
const stub: AiStub = await startAiStub();
let worker: WorkerProcess;

beforeEach(async () => {
  worker = startWorker(queue().settings, { AI_SERVICE_BASE_URL: stub.url });
  await worker.started();
});
afterEach(async () => {
  await worker.kill();
  await stub.comeBack();
  stub.clear();
  await queue().clear();
});
afterAll(() => stub.close());

async function attemptsMade(): Promise<number> {
  const [row] = await queue().database.query<{ total: number }[]>(
    'SELECT CAST(SUM(attempts) AS UNSIGNED) AS total FROM ai_requests',
  );
  return row!.total;
}

async function claims(): Promise<number> {
  return (await queue().eventCounts())['claimed'] ?? 0;
}

it('ten failures in a row stop the claiming: the rest waits in the queue unharmed, and is served when it is back', async () => {
  await stub.goDown();
  await queue().insert(200, '/echo', { lifeSeconds: 600 });
  const down = await worker.waitForLog(DOWN, 10_000);
  expect(down).toMatchObject({ level: 'ERROR', error_code: 'ai_unreachable' });

  // Tries, one after the other, which cost their requests no attempt; their pace is src/base/breaker.test.ts. What was
  // under way when the breaker opened has ended before the first two.
  const tries = async (count: number) => {
    const claimed = await claims();
    await waitFor(async () => (await claims()) >= claimed + count, {
      timeoutMs: 10_000,
      what: `${count} tries`,
    });
  };
  await tries(2);
  const attempts = await attemptsMade();
  expect(attempts).toBeLessThanOrEqual(64);
  await tries(4);
  // The one that is being tried just now has its attempt still.
  expect(await attemptsMade()).toBeLessThanOrEqual(attempts + 1);
  expect(await queue().statusCounts()).not.toHaveProperty('failed');

  await stub.comeBack();
  await queue().waitForCounts({ completed: 200 }, 10_000);
  await worker.waitForLog('AI service answers again', 5_000);
  expect(await queue().responses()).toHaveLength(200);
});

it('a lone request outlives an outage of more tries than it has attempts', async () => {
  await worker.kill();
  const env = { AI_SERVICE_BASE_URL: stub.url, MAX_ATTEMPTS: '1' };
  worker = startWorker(queue().settings, env);
  await worker.started();
  await stub.goDown();
  const id = await queue().insertOne('/echo', { lifeSeconds: 600 });
  const retries = async () => (await queue().events(id)).filter((event) => event === 'retried').length;
  await waitFor(async () => (await retries()) >= 4, { timeoutMs: 20_000, what: 'four failed tries' });

  await stub.comeBack();
  const row = await queue().waitForStatus(id, 'completed', 10_000);

  expect(row.attempts).toBe(1);
  // Too few calls for the breaker: told once all the same, and its end.
  expect(worker.log('Attempt failed, will be retried')).toHaveLength(1);
  expect(await worker.waitForLog('AI service answers again', 5_000)).toMatchObject({
    calls_in_vain: expect.any(Number),
  });
});

it('away for some 3 s with an ask now and then, and back: all are answered, at one attempt each', async () => {
  const isTried = async (id: number, times: number) => {
    const retries = async () => (await queue().events(id)).filter((event) => event === 'retried').length;
    await waitFor(async () => (await retries()) >= times, { timeoutMs: 20_000, what: 'failed attempts' });
  };
  await stub.goDown();
  const ids: number[] = [];
  // By their fifth, 2 to 4 s have gone by.
  for (const _ of [1, 2, 3]) {
    const id = await queue().insertOne('/echo');
    ids.push(id);
    await isTried(id, 2);
  }
  await isTried(ids[0]!, 5);
  await stub.comeBack();

  for (const id of ids)
    expect(await queue().waitForStatus(id, 'completed', 10_000)).toMatchObject({ attempts: 1 });
});

it('back, it serves others while the first call since is still without an answer', async () => {
  await worker.stop();
  worker = startWorker(queue().settings, { AI_SERVICE_BASE_URL: stub.url, AI_SERVICE_TIMEOUT: '600' });
  await worker.started();
  await stub.goDown();
  await queue().insert(10, '/echo', { priority: 9 });
  await worker.waitForLog(DOWN, 10_000);
  stub.behave('/slow', behaviours.never());
  const slow = await queue().insertOne('/slow', { priority: 1, lifeSeconds: 600 });
  await stub.comeBack();

  await queue().waitForCounts({ completed: 10, processing: 1 }, 20_000);
  expect(await queue().request(slow)).toMatchObject({ status: 'processing' });
  expect(stub.callsTo('/slow')).toHaveLength(1);
});

it('a request at which the service hangs up does not keep the others from it', async () => {
  await stub.goDown();
  await queue().insert(10, '/echo', { priority: 9 });
  await worker.waitForLog(DOWN, 10_000);
  await stub.comeBack();
  stub.behave('/hang-up', behaviours.resetBeforeHeaders());
  const bad = await queue().insertOne('/hang-up', { priority: 1 });
  await queue().insert(20, '/echo');

  await queue().waitForCounts({ completed: 30, failed: 1 }, 20_000);

  expect(await queue().request(bad)).toMatchObject({ error_code: 'ai_unreachable', attempts: 3 });
});

it('what expires meanwhile says so, with the last error', async () => {
  await stub.goDown();
  await queue().insert(10, '/echo', { lifeSeconds: 600 });
  await worker.waitForLog(DOWN, 10_000);
  const ids = await queue().insert(30, '/echo', { lifeSeconds: 4 });
  const late = await queue().insertOne('/echo', { lifeSeconds: 3, priority: 200 });

  const row = await queue().waitForStatus(late, 'timeout', 10_000);

  expect(row).toMatchObject({ error_code: 'ai_unavailable', attempts: 0 });
  const [response] = await queue().responses(late);
  expect(response!.error_message).toMatch(
    /^The AI service is unavailable\. Its last error: .*cannot be reached/,
  );
  await waitFor(async () => (await queue().statusCounts())['timeout'] === ids.length + 1, {
    timeoutMs: 10_000,
    what: 'the end of all',
  });
  const answers = (await queue().responses()).filter(({ request_id }) => request_id >= ids[0]!);
  expect(answers).toHaveLength(ids.length + 1);
  expect(answers.every(({ error_message }) => error_message?.includes('cannot be reached'))).toBe(true);
});

it('an endpoint that hangs is left alone, and told, but not the service: its requests wait, and are served when it answers', async () => {
  await worker.stop();
  worker = startWorker(queue().settings, { AI_SERVICE_BASE_URL: stub.url, AI_SERVICE_TIMEOUT: '2' });
  await worker.started();
  stub.behave('/echo', behaviours.never());
  await queue().insert(100, '/echo', { lifeSeconds: 600 });

  const told = await worker.waitForLog(
    'An endpoint of the AI service does not answer in time: its requests wait, others are served',
    30_000,
  );
  expect(told).toMatchObject({ level: 'ERROR', endpoint: '/echo', error_code: 'ai_unavailable' });
  const quick = await queue().insertOne('/quick');
  await queue().waitForStatus(quick, 'completed', 20_000);
  expect(worker.log(DOWN)).toEqual([]);

  stub.clear();
  await queue().waitForCounts({ completed: 101 }, 30_000);
});

it('fifty requests whose answer takes longer than an attempt may keep no quick one of another endpoint waiting', async () => {
  const SLOW = 'An endpoint of the AI service does not answer in time: its requests wait, others are served';
  await queue().insert(50, '/delay/15000', { lifeSeconds: 60 });
  await waitFor(() => stub.calls.length === 50, { timeoutMs: 20_000, what: 'fifty calls' });

  const beside = await queue().insertOne('/delay/1000');
  await queue().waitForStatus(beside, 'completed', 20_000);
  expect(worker.log(SLOW)).toEqual([]);

  await worker.waitForLog(SLOW, 30_000);
  const behind = await queue().insertOne('/delay/1000');
  await queue().waitForStatus(behind, 'completed', 20_000);
  expect(worker.log(DOWN)).toEqual([]);
  // As many as there are tries: all others of theirs wait, and hold no place.
  expect(stub.callsTo('/delay/15000').length).toBeLessThanOrEqual(52);
});

it('single failures between good answers stop nothing', async () => {
  await worker.kill();
  let calls = 0;
  stub.behaveAlways((call, response) => {
    calls += 1;
    const answer = calls % 10 === 0 ? behaviours.echo() : behaviours.status(503);
    answer(call, response);
  });
  worker = startWorker(queue().settings, {
    AI_SERVICE_BASE_URL: stub.url,
    CONCURRENCY: '1',
    BATCH_SIZE: '1',
  });
  await worker.started();
  await queue().insert(20, '/echo', { lifeSeconds: 600 });
  await waitFor(() => calls >= 40, { timeoutMs: 20_000, what: 'forty calls' });

  expect(worker.log(DOWN)).toEqual([]);
});
