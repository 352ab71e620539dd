import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import { useQueue } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers } from '../support/worker-process.ts';

const REQUESTS = 50;

const queue = useQueue();
const startWorker = useWorkers();
let stub: AiStub;

beforeAll(async () => {
  stub = await startAiStub();
});
afterAll(() => stub.close());

/** In milliseconds, as the database's clock has it. */
async function timeOf(column: string, where: string, value: string): Promise<number> {
  const [row] = await queue().database.query<{ at: unknown }[]>(
    `SELECT CAST(UNIX_TIMESTAMP(${column}) * 1000 AS UNSIGNED) AS at ${where}`,
    [value],
  );
  return Number(row!.at);
}

it('kill -9 with 50 requests in flight: another worker completes all of them, not before it is sure', async () => {
  const env = { AI_SERVICE_BASE_URL: stub.url, AI_SERVICE_TIMEOUT: '120' };
  stub.behaveAlways(behaviours.never());
  const victim = startWorker(queue().settings, env);
  const victimId = await victim.started();
  await queue().insert(REQUESTS, '/api/v1/npc/dialogue', { lifeSeconds: 300 });
  await waitFor(() => stub.calls.length === REQUESTS, { timeoutMs: 20_000, what: '50 calls in flight' });
  const survivor = startWorker(queue().settings, env);
  const survivorId = await survivor.started();

  stub.behaveAlways(behaviours.echo());
  await victim.kill();
  const lastBeatMs = await timeOf('heartbeat_at', 'FROM ai_workers WHERE id = ?', victimId);
  await queue().waitForCounts({ completed: REQUESTS }, 30_000);

  // A living worker may be silent for 8 s: none may be taken for dead before.
  const rescuedMs = await timeOf('MIN(created_at)', 'FROM ai_request_log WHERE event_type = ?', 'rescued');
  expect(rescuedMs - lastBeatMs).toBeGreaterThan(8_000);
  const responses = await queue().responses();
  expect(responses.map((row) => row.request_id)).toHaveLength(REQUESTS);
  expect(responses.every((row) => row.response_data !== null)).toBe(true);
  expect(stub.calls).toHaveLength(2 * REQUESTS);
  expect(await queue().eventCounts()).toEqual({
    claimed: 2 * REQUESTS,
    rescued: REQUESTS,
    completed: REQUESTS,
  });
  expect(survivor.log('Dead worker: its requests were taken back')).toMatchObject([
    { dead_worker_ids: [victimId], rescued: REQUESTS, failed: 0 },
  ]);
  expect(await queue().workerIds()).toEqual([survivorId]);
});

it('what somebody holds of a dead worker, a request and its row, is rescued as soon as it is free, and all others before', async () => {
  await queue().clear();
  stub.clear();
  stub.behaveAlways(behaviours.never());
  const env = { AI_SERVICE_BASE_URL: stub.url, AI_SERVICE_TIMEOUT: '120' };
  const victim = startWorker(queue().settings, env);
  const victimId = await victim.started();
  const [held, free] = await queue().insert(2, '/api/v1/npc/dialogue', { lifeSeconds: 300 });
  await waitFor(() => stub.calls.length === 2, { timeoutMs: 20_000, what: 'both calls' });
  const holder = await queue().database.connect();
  await holder.beginTransaction();
  await holder.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [held]);
  await victim.kill();
  await holder.query('SELECT id FROM ai_workers WHERE id = ? FOR UPDATE', [victimId]);
  stub.behaveAlways(behaviours.echo());
  await startWorker(queue().settings, env).started();

  await queue().waitForStatus(free!, 'completed', 30_000);
  expect((await queue().request(held!)).claimed_by).toBe(victimId);
  await holder.rollback();

  // A watch that began anew would take 10 s, and that only where no row has to be waited for.
  await queue().waitForStatus(held!, 'completed', 8_000);
});

it('the requests of a dead worker that have no attempt left fail as worker_lost', async () => {
  await queue().clear();
  stub.clear();
  stub.behaveAlways(behaviours.never());
  const env = { AI_SERVICE_BASE_URL: stub.url, MAX_ATTEMPTS: '1', AI_SERVICE_TIMEOUT: '120' };
  const victim = startWorker(queue().settings, env);
  await victim.started();
  const id = await queue().insertOne('/api/v1/npc/dialogue', { lifeSeconds: 300 });
  await waitFor(() => stub.calls.length === 1, { timeoutMs: 20_000, what: 'the call' });
  await victim.kill();

  await startWorker(queue().settings, env).started();
  const { error_code } = await queue().waitForStatus(id, 'failed', 20_000);

  expect(error_code).toBe('worker_lost');
  expect(await queue().responses(id)).toMatchObject([
    { response_data: null, error_message: expect.stringContaining('died') },
  ]);
  expect(stub.calls).toHaveLength(1);
});
