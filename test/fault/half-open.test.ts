import { afterAll, afterEach, expect, it } from 'vitest';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { holdAnswers } from '../support/held-answers.ts';
import { useQueue } from '../support/queue-observer.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers } from '../support/worker-process.ts';

/** With SKIP LOCKED, or by the block in its place. */
const LOCK_OF_A_CLAIM = /FOR UPDATE SKIP LOCKED|NOT ATOMIC[\s\S]*idx_status_priority/;

const queue = useQueue();
const startWorker = useWorkers();
const stub: AiStub = await startAiStub();
let proxy: TcpProxy;

afterEach(async () => {
  await proxy.close();
  stub.clear();
  await queue().clear();
});
afterAll(() => stub.close());

it('a database line that swallows everything is noticed, and what was answered meanwhile is written later', async () => {
  proxy = await TcpProxy.start(queue().settings);
  const { host, port } = proxy;
  const worker = startWorker({ ...queue().settings, host, port }, { AI_SERVICE_BASE_URL: stub.url });
  await worker.started();
  const held = holdAnswers();
  stub.behaveAlways(held.behaviour);
  await queue().insert(10, '/echo', { lifeSeconds: 300 });
  await waitFor(() => stub.inFlight === 10, { timeoutMs: 10_000, what: '10 calls in flight' });

  proxy.stall();
  held.release();
  // A statement is given up after 10 s, and the wait for a connection after 5 s.
  await worker.waitForLog('Database trouble, trying again', 16_000);
  expect(await queue().statusCounts()).toEqual({ processing: 10 });
  proxy.resume();
  const later = await queue().insertOne('/echo');
  // Lines that were opened while it was half-open are given up last.
  await queue().waitForCounts({ completed: 11 }, 16_000);

  expect(stub.calls).toHaveLength(11);
  expect(await queue().events(later)).toEqual(['claimed', 'completed']);
  expect(await queue().eventCounts()).toEqual({ claimed: 11, completed: 11 });
});

it('a database line that stays half-open for longer than every limit leaves no part of the worker waiting', async () => {
  proxy = await TcpProxy.start(queue().settings);
  const { host, port } = proxy;
  const worker = startWorker({ ...queue().settings, host, port }, { AI_SERVICE_BASE_URL: stub.url });
  await worker.started();
  const held = holdAnswers();
  stub.behaveAlways(held.behaviour);
  await queue().insert(5, '/echo', { lifeSeconds: 600 });
  await waitFor(() => stub.inFlight === 5, { timeoutMs: 10_000, what: '5 calls in flight' });

  proxy.stall();
  held.release();
  const stalledMs = performance.now();
  // A statement's 10 s, and after that the 5 s of the connections that are tried in its place, twice over.
  const isLongGone = () => performance.now() - stalledMs > 25_000;
  await waitFor(isLongGone, { timeoutMs: 30_000, what: 'the end of every limit' });
  proxy.resume();
  const later = await queue().insertOne('/echo');
  await queue().waitForCounts({ completed: 6 }, 30_000);

  expect(await queue().events(later)).toEqual(['claimed', 'completed']);
  worker.signal('SIGTERM');
  expect(await worker.ended).toMatchObject({ exitCode: 0 });
});

it('a worker cut off in the middle of a transaction holds its locks for seconds, not for hours', async () => {
  proxy = await TcpProxy.start(queue().settings);
  const { host, port } = proxy;
  const env = { AI_SERVICE_BASE_URL: stub.url };
  const cutOff = startWorker({ ...queue().settings, host, port }, env);
  await cutOff.started();
  const survivor = startWorker(queue().settings, env);
  await survivor.started();
  survivor.signal('SIGSTOP');
  const stalled = proxy.stallAfter((sql) => LOCK_OF_A_CLAIM.test(sql));
  const id = await queue().insertOne('/echo', { lifeSeconds: 300 });
  await stalled;
  await cutOff.kill();
  survivor.signal('SIGCONT');

  // The claim's lock hides the request from everybody until the server gives the silent transaction up.
  await queue().waitForStatus(id, 'completed', 20_000);

  expect(await queue().events(id)).toEqual(['claimed', 'completed']);
});

it('an AI service that swallows everything costs one attempt, and the next one is answered', async () => {
  const { hostname: host, port } = new URL(stub.url);
  proxy = await TcpProxy.start({ host, port: Number(port) });
  const worker = startWorker(queue().settings, {
    AI_SERVICE_BASE_URL: `http://127.0.0.1:${proxy.port}`,
    AI_SERVICE_TIMEOUT: '3',
  });
  await worker.started();
  const before = await queue().insertOne('/echo');
  await queue().waitForStatus(before, 'completed', 10_000);

  proxy.stall();
  const id = await queue().insertOne('/echo');
  const retry = await worker.waitForLog('Attempt failed, will be retried', 10_000);
  expect(retry).toMatchObject({ request_id: id, attempt: 1, error_code: 'attempt_timeout' });
  expect(retry['duration_ms']).toBeGreaterThanOrEqual(2_990);
  proxy.resume();
  const row = await queue().waitForStatus(id, 'completed', 10_000);

  expect(row.attempts).toBeGreaterThanOrEqual(2);
  expect(row.attempts).toBeLessThanOrEqual(3);
  expect(stub.calls).toHaveLength(2);
});
