import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { useQueue } from '../support/queue-observer.ts';
import { WorkerProcess } from '../support/worker-process.ts';
import { type MapServer, NPC, NPC_NAME, PLAYER, useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
const queue = useQueue();
const ENDED_WITHIN_MS = 60_000;
/** What `max_response_bytes` lets through. */
const LARGEST_ANSWER_BYTES = 16_384;

let ai: AiStub;
let worker: WorkerProcess;
let server: MapServer;
beforeAll(async () => {
  ai = await startAiStub();
  worker = new WorkerProcess(queue().settings, { AI_SERVICE_BASE_URL: ai.url, MAX_ATTEMPTS: '1' });
  await worker.started();
});
afterAll(async () => {
  await worker.kill();
  await ai.close();
});
beforeEach(async () => {
  server = await startMapServer(queue().settings);
});

async function ask(endpoint: string, data = '{}', timeoutSeconds = 30): Promise<number> {
  return await server.number('ai_db_request', 'dialogue', endpoint, data, 5, timeoutSeconds);
}

it('a request of an NPC reaches the AI service, and its answer the NPC', async () => {
  const escaped = await server.text('ai_json_escape', 'say "안녕 😀"\\');
  const data = `{"message":"${escaped}","npc_id":123}`;
  const { value: id } = await server.call('ai_db_request', ['dialogue', '/echo', data], {
    npc: NPC,
    player: PLAYER,
  });

  const answer = await server.text('ai_db_response', Number(id), ENDED_WITHIN_MS);

  expect(await server.text('ai_json_get', answer, 'echo.message')).toBe('say "안녕 😀"\\');
  expect(await server.text('ai_json_get', answer, 'echo.npc_id')).toBe('123');
  expect(await server.number('ai_db_status', Number(id))).toBe(3);
  const [call] = ai.callsTo('/echo');
  expect(decodeURIComponent(String(call!.headers['x-ai-ipc-source-npc']))).toBe(NPC_NAME);
});

it('an answer of 16 KiB arrives whole, a larger one not at all', async () => {
  const [whole, larger] = [
    await ask(`/sized/${LARGEST_ANSWER_BYTES}`),
    await ask(`/sized/${LARGEST_ANSWER_BYTES + 1}`),
  ];
  const answer = await server.text('ai_db_response', whole, ENDED_WITHIN_MS);
  expect(answer).toBe(`"${'x'.repeat(LARGEST_ANSWER_BYTES - 2)}"`);
  expect(await server.text('ai_db_response', larger, ENDED_WITHIN_MS)).toBe('');
  expect(await server.text('ai_db_error', larger)).toMatch(/^answer_too_large: /);
});

it('a failure ends the wait, and ai_db_error tells of it', async () => {
  const id = await ask('/status/404');
  expect(await server.text('ai_db_response', id, ENDED_WITHIN_MS)).toBe('');
  expect(await server.number('ai_db_status', id)).toBe(4);
  expect(await server.text('ai_db_error', id)).toMatch(/^ai_client_error: .*404/);
});

it('a time-out ends the wait', async () => {
  const id = await ask('/delay/20000', '{}', 1);
  expect(await server.text('ai_db_response', id, ENDED_WITHIN_MS)).toBe('');
  expect(await server.number('ai_db_status', id)).toBe(5);
  expect(await server.text('ai_db_error', id)).not.toBe('');
});

it('a cancelled request is called off at the worker, and its wait ends', async () => {
  const id = await ask('/delay/20000');
  await queue().waitForStatus(id, 'processing', ENDED_WITHIN_MS);
  const answer = server.text('ai_db_response', id, 60_000);

  expect(await server.number('ai_db_cancel', id)).toBe(1);

  expect(await answer).toBe('');
  expect(await server.number('ai_db_status', id)).toBe(6);
  const cut = await worker.waitForLog('Call cut: its request was cancelled or expired', ENDED_WITHIN_MS);
  expect(cut['request_id']).toBe(id);
});

it('a batch of 100 is answered, each with its own', async () => {
  const ids = [];
  for (let count = 0; count < 100; count += 1) ids.push(await ask('/echo', `{"n":${count}}`));
  const answers = await Promise.all(ids.map((id) => server.text('ai_db_response', id, ENDED_WITHIN_MS)));
  expect(answers.map((answer) => JSON.parse(answer).echo.n)).toEqual(ids.map((_id, index) => index));
});
