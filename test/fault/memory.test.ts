import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AiStubProcess, startAiStubProcess } from '../support/ai-stub-process.ts';
import { useQueue } from '../support/queue-observer.ts';
import { useWorkers } from '../support/worker-process.ts';

const REQUESTS = 10_000;
const MEBIBYTE = 2 ** 20;

const queue = useQueue();
const startWorker = useWorkers();
let stub: AiStubProcess;

beforeAll(async () => {
  stub = await startAiStubProcess();
});
afterAll(() => stub.stop());

it('the memory of a worker is bounded by what is in flight, not by how much it has served', async () => {
  const worker = startWorker(queue().settings, {
    AI_SERVICE_BASE_URL: stub.url,
    BATCH_SIZE: '256',
    CONCURRENCY: '256',
    LOG_LEVEL: 'warn',
  });

  await queue().insert(REQUESTS, '/echo', { lifeSeconds: 300 });
  await queue().waitForCounts({ completed: REQUESTS }, 50_000);
  const first = worker.residentBytes();
  await queue().insert(REQUESTS, '/echo', { lifeSeconds: 300 });
  await queue().waitForCounts({ completed: 2 * REQUESTS }, 50_000);
  const second = worker.residentBytes();

  expect(second - first).toBeLessThan(40 * MEBIBYTE);
  expect(second).toBeLessThan(200 * MEBIBYTE);
  expect((await queue().eventCounts())['completed']).toBe(2 * REQUESTS);
  expect(await worker.stop()).toEqual({ exitCode: 0, signal: null });
});
