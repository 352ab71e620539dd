import { afterAll, afterEach, expect, it } from 'vitest';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import { holdAnswers } from '../support/held-answers.ts';
import { useQueue } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers } from '../support/worker-process.ts';

const queue = useQueue();
const startWorker = useWorkers();
const stub: AiStub = await startAiStub();

afterAll(() => stub.close());
afterEach(async () => {
  stub.clear();
  await queue().clear();
});

it.each(['SIGTERM', 'SIGINT'] as const)(
  '%s: calls under way end and are written, nothing more is claimed',
  async (signal) => {
    // Calls that the test holds for long are not to be told as slow.
    const env = { AI_SERVICE_BASE_URL: stub.url, CONCURRENCY: '5', MAX_PROCESSING_TIME: '600000' };
    const worker = startWorker(queue().settings, env);
    await worker.started();
    const held = holdAnswers();
    stub.behaveAlways(held.behaviour);
    await queue().insert(8, '/echo');
    await waitFor(() => stub.inFlight === 5, { timeoutMs: 10_000, what: 'five calls in flight' });

    worker.signal(signal);
    await worker.waitForLog('Worker finishes its calls and stops');
    held.release();

    expect(await worker.ended).toEqual({ exitCode: 0, signal: null });
    expect(await queue().statusCounts()).toEqual({ completed: 5, pending: 3 });
    expect(stub.calls).toHaveLength(5);
    expect(await queue().workerIds()).toEqual([]);
    expect(worker.log().map(({ msg }) => msg)).toEqual([
      'Database',
      'Connected to the database',
      'Worker started',
      'Worker finishes its calls and stops',
      'Worker stopped',
    ]);
    expect(worker.stderr).toBe('');
  },
);

it('a second SIGTERM cuts the calls and gives their requests back with their attempt', async () => {
  stub.behaveAlways(behaviours.never());
  const worker = startWorker(queue().settings, { AI_SERVICE_BASE_URL: stub.url });
  await worker.started();
  const ids = await queue().insert(5, '/api/v1/npc/dialogue');
  await waitFor(() => stub.inFlight === 5, { timeoutMs: 10_000, what: 'five calls in flight' });

  worker.signal('SIGTERM');
  await worker.waitForLog('Worker finishes its calls and stops', 5_000);
  worker.signal('SIGTERM');

  expect(await worker.ended).toEqual({ exitCode: 0, signal: null });
  expect(stub.inFlight).toBe(0);
  for (const id of ids) {
    expect(await queue().request(id)).toMatchObject({ status: 'pending', attempts: 0, claimed_by: null });
    expect(await queue().events(id)).toEqual(['claimed', 'released']);
  }
  expect(await queue().responses()).toEqual([]);
  expect(await queue().workerIds()).toEqual([]);
});

it('a terminal that closes sends SIGHUP, often twice: calls are given back at once, with one line of log', async () => {
  stub.behaveAlways(behaviours.never());
  const worker = startWorker(queue().settings, { AI_SERVICE_BASE_URL: stub.url });
  await worker.started();
  const ids = await queue().insert(5, '/api/v1/npc/dialogue');
  await waitFor(() => stub.inFlight === 5, { timeoutMs: 10_000, what: 'five calls in flight' });

  worker.signal('SIGHUP');
  worker.signal('SIGHUP');

  expect(await worker.ended).toEqual({ exitCode: 0, signal: null });
  for (const id of ids)
    expect(await queue().request(id)).toMatchObject({ status: 'pending', attempts: 0, claimed_by: null });
  expect(await queue().workerIds()).toEqual([]);
  expect(
    worker
      .log()
      .map(({ msg }) => msg)
      .filter((msg) => msg !== 'Claims released'),
  ).toEqual([
    'Database',
    'Connected to the database',
    'Worker started',
    'Worker gives its calls back and stops',
    'Worker stopped',
  ]);
  // Mostly in one line; in two where the calls ended some milliseconds apart.
  const released = worker.log('Claims released').map(({ count }) => Number(count));
  expect(released.reduce((sum, count) => sum + count, 0)).toBe(5);
});

it('what one worker gave back, another serves at once', async () => {
  stub.behaveAlways(behaviours.never());
  const env = { AI_SERVICE_BASE_URL: stub.url };
  const first = startWorker(queue().settings, env);
  await first.started();
  await queue().insert(5, '/api/v1/npc/dialogue');
  await waitFor(() => stub.inFlight === 5, { timeoutMs: 10_000, what: 'five calls in flight' });
  const second = startWorker(queue().settings, env);
  await second.started();
  stub.clear();

  first.signal('SIGTERM');
  await first.waitForLog('Worker finishes its calls and stops', 5_000);
  first.signal('SIGTERM');
  await queue().waitForCounts({ completed: 5 }, 5_000);

  expect(stub.calls).toHaveLength(5);
});

it('SIGUSR2 writes the Statistics line with its figures', async () => {
  const worker = startWorker(queue().settings, { AI_SERVICE_BASE_URL: stub.url, MAX_ATTEMPTS: '2' });
  await worker.started();
  await queue().insert(3, '/delay/100');
  await queue().insertOne('/status/400');
  await queue().insertOne('/status/500');
  await queue().insertOne('/never', { lifeSeconds: 3 });
  await queue().waitForCounts({ completed: 3, failed: 2, timeout: 1 }, 10_000);
  await queue().insert(2, '/never');
  await waitFor(() => stub.inFlight === 2, { timeoutMs: 10_000, what: 'two calls in flight' });

  worker.signal('SIGUSR2');
  const line = await worker.waitForLog('Statistics', 5_000);

  expect(line).toMatchObject({
    level: 'INFO',
    processed: 6,
    failed: 2,
    timed_out: 1,
    retried: 1,
    queue_depth: 2,
  });
  expect(line['average_processing_ms']).toBeGreaterThan(20);
  expect(line['uptime_seconds']).toBeGreaterThanOrEqual(1);
  expect(worker.hasEnded).toBe(false);
});
