import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
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

it('a request that somebody holds in an open transaction keeps no other from its answer, and is told', async () => {
  const calls = holdAnswers();
  stub.behaveAlways(calls.behaviour);
  const env = { AI_SERVICE_BASE_URL: stub.url, AI_SERVICE_TIMEOUT: '60' };
  const worker = startWorker(queue().settings, env);
  await worker.started();
  const held = await queue().insertOne('/api/v1/npc/dialogue');
  await waitFor(() => stub.calls.length === 1, { timeoutMs: 10_000, what: 'the call' });
  const holder = await queue().database.connect();
  await holder.beginTransaction();
  await holder.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [held]);
  calls.release();

  const others = [];
  for (let n = 0; n < 5; n++) others.push(await queue().insertOne('/api/v1/npc/dialogue'));
  for (const id of others) await queue().waitForStatus(id, 'completed', 10_000);
  const told = await worker.waitForLog(
    'Answers wait: a transaction that somebody left open holds their requests',
    10_000,
  );
  expect(told['request_ids']).toEqual([held]);
  expect(await queue().events(held)).toEqual(['claimed']);

  await holder.rollback();
  await queue().waitForStatus(held, 'completed', 10_000);
  expect(stub.calls).toHaveLength(6);
});

it('a request that is held before anybody claims it is told once its life is over, and ends when it is let go', async () => {
  const held = await queue().insertOne('/api/v1/npc/dialogue', { lifeSeconds: 2 });
  const holder = await queue().database.connect();
  await holder.beginTransaction();
  await holder.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [held]);
  const worker = startWorker(queue().settings, { AI_SERVICE_BASE_URL: stub.url });
  await worker.started();

  const told = await worker.waitForLog(
    'Requests stay past their lives: a transaction that somebody left open holds them',
    20_000,
  );

  expect(told['hint']).toContain('ai-ipc doctor');
  expect((await queue().request(held)).status).toBe('pending');
  await holder.rollback();
  await queue().waitForStatus(held, 'timeout', 10_000);
});
