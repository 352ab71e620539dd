import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import { holdAnswers } from '../support/held-answers.ts';
import { useQueue } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers } from '../support/worker-process.ts';

const queue = useQueue();
const startWorker = useWorkers();
let stub: AiStub;

beforeAll(async () => {
  stub = await startAiStub();
});
afterAll(() => stub.close());
afterEach(async () => {
  stub.clear();
  await queue().clear();
});

it('200 requests queued at once are called 64 at a time', async () => {
  await startWorker(queue().settings, { AI_SERVICE_BASE_URL: stub.url }).started();

  const held = holdAnswers();
  stub.behaveAlways(held.behaviour);
  await queue().insert(200, '/echo');
  await waitFor(() => stub.inFlight === 64, { timeoutMs: 10_000, what: '64 calls in flight' });
  held.release();
  await queue().waitForCounts({ completed: 200 }, 20_000);

  expect(stub.peak).toBe(64);
  expect(stub.calls).toHaveLength(200);
});

it('one slow call delays nobody else', async () => {
  await startWorker(queue().settings, { AI_SERVICE_BASE_URL: stub.url, AI_SERVICE_TIMEOUT: '300' }).started();

  const held = holdAnswers();
  stub.behave('/slow', held.behaviour);
  const slow = await queue().insertOne('/slow', { priority: 1, lifeSeconds: 300 });
  await queue().insert(200, '/delay/100');
  await queue().waitForCounts({ completed: 200, processing: 1 }, 20_000);

  expect(await queue().request(slow)).toMatchObject({ status: 'processing' });
  held.release();
  await queue().waitForStatus(slow, 'completed', 10_000);
});

it('concurrency bounds the calls at once, and batch_size what the first claim takes of a queue', async () => {
  const worker = startWorker(queue().settings, {
    AI_SERVICE_BASE_URL: stub.url,
    CONCURRENCY: '7',
    BATCH_SIZE: '3',
    LOG_LEVEL: 'debug',
  });
  await worker.started();

  const held = holdAnswers();
  stub.behaveAlways(held.behaviour);
  await queue().insert(30, '/echo');
  await waitFor(() => stub.inFlight === 7, { timeoutMs: 10_000, what: 'seven calls in flight' });
  held.release();
  await queue().waitForCounts({ completed: 30 }, 20_000);

  expect(stub.peak).toBe(7);
  const taken = worker.log('Claimed').map(({ count }) => Number(count));
  // A full claim of 3 is followed by one of 6, for which there is room for 4.
  expect(taken.slice(0, 2)).toEqual([3, 4]);
  expect(Math.max(...taken)).toBeLessThanOrEqual(7);
  expect(taken.reduce((sum, count) => sum + count, 0)).toBe(30);
});

it('two workers share the work: each request is called once and answered once', async () => {
  const env = { AI_SERVICE_BASE_URL: stub.url, AI_SERVICE_TIMEOUT: '120' };
  const workers = [startWorker(queue().settings, env), startWorker(queue().settings, env)];
  for (const worker of workers) await worker.started();

  // Nothing is answered before both are full: neither can have served all while the other one stood still.
  const held = holdAnswers(behaviours.delayed(20));
  stub.behaveAlways(held.behaviour);
  await queue().insert(2_000, '/echo', { lifeSeconds: 300 });
  await waitFor(() => stub.inFlight === 128, { timeoutMs: 20_000, what: '128 calls in flight' });
  held.release();
  await queue().waitForCounts({ completed: 2_000 }, 30_000);

  expect(stub.calls).toHaveLength(2_000);
  expect(new Set(stub.calls.map((call) => call.idempotencyKey)).size).toBe(2_000);
  expect(await queue().eventCounts()).toEqual({ claimed: 2_000, completed: 2_000 });
  const shares = await queue().database.query<{ share: number }[]>(
    'SELECT COUNT(*) AS share FROM ai_requests GROUP BY claimed_by',
  );
  expect(shares).toHaveLength(2);
  expect(Math.min(...shares.map(({ share }) => share))).toBeGreaterThan(20);
});

it('lower priority numbers are called first, then the older ones', async () => {
  await queue().insert(3, '/echo/last', { priority: 9 });
  await queue().insert(3, '/echo/first', { priority: 1 });
  await queue().insert(3, '/echo/middle', { priority: 5 });
  const env = { AI_SERVICE_BASE_URL: stub.url, CONCURRENCY: '1', BATCH_SIZE: '1' };
  await startWorker(queue().settings, env).started();

  await queue().waitForCounts({ completed: 9 }, 20_000);

  const idOf = (key: string | undefined) => Number(/-(\d+)-\d+$/.exec(key ?? '')?.[1]);
  const ids = stub.calls.map((call) => idOf(call.idempotencyKey));
  const [first] = await queue().database.query<{ id: number }[]>('SELECT MIN(id) AS id FROM ai_requests');
  expect(ids.map((id) => id - first!.id)).toEqual([3, 4, 5, 6, 7, 8, 0, 1, 2]);
});
