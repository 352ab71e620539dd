import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { useQueue } from '../support/queue-observer.ts';
import { useWorkers } from '../support/worker-process.ts';

const queue = useQueue();
const startWorker = useWorkers();
let stub: AiStub;
/** The others take four rounds of half a second; a busy machine makes five times that of it. */
const SLOW_MS = 15_000;

beforeAll(async () => {
  stub = await startAiStub();
});
afterAll(() => stub.close());
afterEach(async () => {
  stub.clear();
  await queue().clear();
});

it('200 requests queued at once to a service that takes 500 ms are answered 64 at a time', async () => {
  await startWorker(queue().settings, { AI_SERVICE_BASE_URL: stub.url }).started();

  await queue().insert(200, '/delay/500');
  await queue().waitForCounts({ completed: 200 }, 20_000);

  expect(stub.peak).toBe(64);
  expect(stub.calls).toHaveLength(200);
});

it('one slow call delays nobody else', async () => {
  const worker = startWorker(queue().settings, { AI_SERVICE_BASE_URL: stub.url, AI_SERVICE_TIMEOUT: '60' });
  await worker.started();

  const slow = await queue().insertOne(`/delay/${SLOW_MS}`, { priority: 1, lifeSeconds: 60 });
  await queue().insert(200, '/delay/500');
  await queue().waitForCounts({ completed: 200, processing: 1 }, 20_000);

  expect(await queue().request(slow)).toMatchObject({ status: 'processing' });
  await worker.stop();
  const [response] = await queue().responses(slow);
  expect(response!.processing_time_ms).toBeGreaterThanOrEqual(SLOW_MS - 10);
});

it('concurrency bounds the calls at once, and batch_size what one claim takes', async () => {
  const worker = startWorker(queue().settings, {
    AI_SERVICE_BASE_URL: stub.url,
    CONCURRENCY: '7',
    BATCH_SIZE: '3',
    LOG_LEVEL: 'debug',
  });
  await worker.started();

  await queue().insert(30, '/delay/100');
  await queue().waitForCounts({ completed: 30 }, 20_000);

  expect(stub.peak).toBe(7);
  const taken = worker.log('Claimed').map(({ count }) => Number(count));
  expect(Math.max(...taken)).toBe(3);
  expect(taken.reduce((sum, count) => sum + count, 0)).toBe(30);
});

it('two workers share the work: each request is called once and answered once', async () => {
  const env = { AI_SERVICE_BASE_URL: stub.url };
  const workers = [startWorker(queue().settings, env), startWorker(queue().settings, env)];
  for (const worker of workers) await worker.started();

  await queue().insert(2_000, '/delay/20');
  await queue().waitForCounts({ completed: 2_000 }, 30_000);

  expect(stub.calls).toHaveLength(2_000);
  expect(new Set(stub.calls.map((call) => call.idempotencyKey)).size).toBe(2_000);
  expect(await queue().eventCounts()).toEqual({ claimed: 2_000, completed: 2_000 });
  const shares = await queue().database.query<{ share: number }[]>(
    'SELECT COUNT(*) AS share FROM ai_requests GROUP BY claimed_by',
  );
  expect(shares).toHaveLength(2);
  expect(Math.min(...shares.map(({ share }) => share))).toBeGreaterThan(200);
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
