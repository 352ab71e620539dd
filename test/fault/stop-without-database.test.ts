import { afterAll, expect, it } from 'vitest';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { holdAnswers } from '../support/held-answers.ts';
import { useQueue } from '../support/queue-observer.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers } from '../support/worker-process.ts';

const queue = useQueue();
const startWorker = useWorkers();
const stub: AiStub = await startAiStub();

afterAll(() => stub.close());

it('SIGTERM while the database is away: the worker ends in time and says what it could not write; another serves it', async () => {
  const proxy = await TcpProxy.start(queue().settings);
  const { host, port } = proxy;
  const env = { AI_SERVICE_BASE_URL: stub.url };
  const worker = startWorker({ ...queue().settings, host, port }, env);
  await worker.started();
  const held = holdAnswers();
  stub.behaveAlways(held.behaviour);
  const id = await queue().insertOne('/echo', { lifeSeconds: 300 });
  await waitFor(() => stub.inFlight === 1, { timeoutMs: 10_000, what: 'the call' });
  await startWorker(queue().settings, env).started();
  await proxy.close();

  worker.signal('SIGTERM');
  await worker.waitForLog('Worker finishes its calls and stops');
  held.release();
  const exit = await worker.ended;

  expect(exit).toEqual({ exitCode: 0, signal: null });
  expect(worker.log('Answers could not be written: their requests will be called again')).toMatchObject([
    { level: 'ERROR', unwritten: 1 },
  ]);
  await queue().waitForStatus(id, 'completed', 20_000);
  expect(await queue().events(id)).toEqual(['claimed', 'rescued', 'claimed', 'completed']);
});
