import { afterAll, beforeAll, expect, it } from 'vitest';
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

it('a worker that comes back after its requests were rescued drops its late answer and serves on', async () => {
  const env = { AI_SERVICE_BASE_URL: stub.url, AI_SERVICE_TIMEOUT: '60' };
  const paused = startWorker(queue().settings, env);
  const pausedId = await paused.started();
  const late = holdAnswers(behaviours.json({ text: 'late' }));
  stub.behaveAlways(late.behaviour);
  const id = await queue().insertOne('/api/v1/npc/dialogue');
  await waitFor(() => stub.calls.length === 1, { timeoutMs: 10_000, what: 'the call' });

  paused.signal('SIGSTOP');
  late.release();
  const survivor = startWorker(queue().settings, env);
  await survivor.started();
  stub.behaveAlways(behaviours.json({ text: 'in time' }));
  await queue().waitForStatus(id, 'completed', 20_000);
  paused.signal('SIGCONT');
  const dropped = await paused.waitForLog('Outcomes dropped: their claims were lost', 10_000);

  expect(dropped['request_ids']).toEqual([id]);
  expect(await queue().events(id)).toEqual(['claimed', 'rescued', 'claimed', 'completed', 'dropped']);
  expect(await queue().responses(id)).toMatchObject([{ response_data: '{"text":"in time"}' }]);

  expect(await survivor.stop()).toEqual({ exitCode: 0, signal: null });
  const later = await queue().insertOne('/api/v1/npc/dialogue');
  expect(await queue().waitForStatus(later, 'completed', 10_000)).toMatchObject({ claimed_by: pausedId });
  expect(await queue().workerIds()).toEqual([pausedId]);
});
