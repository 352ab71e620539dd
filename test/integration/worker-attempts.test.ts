import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AiStub, type Behaviour, behaviours, startAiStub } from '../support/ai-stub.ts';
import { useQueue } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import { WorkerProcess } from '../support/worker-process.ts';

const queue = useQueue();
let stub: AiStub;
let worker: WorkerProcess;

beforeAll(async () => {
  stub = await startAiStub();
  worker = new WorkerProcess(queue().settings, {
    AI_SERVICE_BASE_URL: stub.url,
    AI_SERVICE_HEADERS: '{"Authorization":"Bearer secret-of-the-service"}',
    MAX_RESPONSE_BYTES: '1000',
    MAX_PROCESSING_TIME: '300',
  });
  await worker.started();
});
afterAll(async () => {
  await worker.kill();
  await stub.close();
});

/** These behaviours one after the other; the last one for all that follow. */
function inTurn(...turns: Behaviour[]): Behaviour {
  return (call, response) => (turns.length > 1 ? turns.shift()! : turns[0]!)(call, response);
}

describe('what an attempt becomes', () => {
  it('503 twice, then 200: completed at the third attempt, with growing pauses', async () => {
    stub.behave('/flaky', inTurn(behaviours.status(503), behaviours.status(503), behaviours.echo()));

    const id = await queue().insertOne('/flaky', { lifeSeconds: 30 });
    const row = await queue().waitForStatus(id, 'completed', 10_000);

    expect(row).toMatchObject({ attempts: 3, claim_no: 3, error_code: null });
    expect(await queue().events(id)).toEqual([
      'claimed',
      'retried',
      'claimed',
      'retried',
      'claimed',
      'completed',
    ]);
    const calls = stub.callsTo('/flaky');
    expect(new Set(calls.map((call) => call.idempotencyKey)).size).toBe(1);
    expect(calls.map((call) => call.headers['x-ai-ipc-attempt'])).toEqual(['1', '2', '3']);
    const [first, second] = [calls[1]!.atMs - calls[0]!.atMs, calls[2]!.atMs - calls[1]!.atMs];
    // 250 and 500 ms, half of each left to chance.
    expect(first).toBeGreaterThanOrEqual(120);
    expect(second).toBeGreaterThanOrEqual(245);
  });

  it('429 with Retry-After waits that long and gives the attempt back', async () => {
    stub.behave('/busy', inTurn(behaviours.status(429, { retryAfter: '1' }), behaviours.echo()));

    const id = await queue().insertOne('/busy');
    const row = await queue().waitForStatus(id, 'completed', 10_000);

    expect(row).toMatchObject({ attempts: 1, claim_no: 2 });
    const calls = stub.callsTo('/busy');
    expect(calls.map((call) => call.headers['x-ai-ipc-attempt'])).toEqual(['1', '1']);
    expect(calls[1]!.atMs - calls[0]!.atMs).toBeGreaterThanOrEqual(995);
  });

  it('429 for ever never counts as an attempt', async () => {
    stub.behave('/always-busy', behaviours.status(429));

    // More calls than attempts, and still none counted.
    const id = await queue().insertOne('/always-busy', { lifeSeconds: 600 });
    await waitFor(() => stub.callsTo('/always-busy').length > 3, { timeoutMs: 10_000, what: 'four calls' });
    expect((await queue().request(id)).attempts).toBeLessThanOrEqual(1);
  });

  it('429 to the end of its life: failed, with that as the reason', async () => {
    stub.behave('/busy-to-the-end', behaviours.status(429));

    const id = await queue().insertOne('/busy-to-the-end', { lifeSeconds: 5 });
    const row = await queue().waitForStatus(id, 'failed', 10_000);

    expect(row).toMatchObject({ error_code: 'ai_rate_limited' });
  });

  it('attempts used up: failed, with the last error', async () => {
    stub.behave('/broken', behaviours.status(500, { body: { detail: 'the model has no memory left' } }));

    const id = await queue().insertOne('/broken');
    const row = await queue().waitForStatus(id, 'failed', 10_000);

    expect(row).toMatchObject({ attempts: 3, error_code: 'ai_server_error' });
    expect(stub.callsTo('/broken')).toHaveLength(3);
    const [response] = await queue().responses(id);
    expect(response).toMatchObject({ response_data: null });
    expect(response!.error_message).toContain('the model has no memory left');
    expect(response!.processing_time_ms).toBeGreaterThanOrEqual(0);
  });

  it("a row's own max_attempts beats the setting", async () => {
    stub.behave('/broken-once', behaviours.status(500));

    const id = await queue().insertOne('/broken-once', { lifeSeconds: 30 });
    await queue().database.query('UPDATE ai_requests SET max_attempts = 2 WHERE id = ?', [id]);

    expect(await queue().waitForStatus(id, 'failed', 10_000)).toMatchObject({ attempts: 2 });
  });

  it.each([
    ['400', '/status/400', 'ai_client_error'],
    ['a redirect', '/redirect', 'ai_redirect'],
    ['an answer over max_response_bytes', '/sized/1001', 'answer_too_large'],
    ['an answer over max_response_bytes, sent in chunks', '/chunked/1001', 'answer_too_large'],
    ['an empty answer', '/empty', 'answer_empty'],
    ['no content', '/no-content', 'answer_empty'],
    ['an answer that is HTML', '/html', 'answer_not_json'],
    ['an answer that is half of a JSON', '/not-json', 'answer_not_json'],
    ['an answer that is not UTF-8', '/invalid-utf8', 'answer_not_json'],
  ])('%s fails at once', async (_, endpoint, code) => {
    const id = await queue().insertOne(endpoint);
    const row = await queue().waitForStatus(id, 'failed', 10_000);

    expect(row).toMatchObject({ attempts: 1, error_code: code });
    expect(await queue().responses(id)).toMatchObject([
      { response_data: null, error_message: expect.stringMatching(/^The .+\.$/) },
    ]);
  });

  it('an answer of exactly max_response_bytes is stored as received', async () => {
    const id = await queue().insertOne('/sized/1000');
    await queue().waitForStatus(id, 'completed', 10_000);

    expect(await queue().responses(id)).toMatchObject([{ response_data: `"${'x'.repeat(998)}"` }]);
  });

  it('plain text is wrapped as {"text": …}', async () => {
    const id = await queue().insertOne('/text');
    await queue().waitForStatus(id, 'completed', 10_000);

    expect(await queue().responses(id)).toMatchObject([
      { response_data: JSON.stringify({ text: 'Hello, "traveller"!' }) },
    ]);
  });

  it('a life that ends during the call: timeout, with the time that the call took', async () => {
    const id = await queue().insertOne('/never', { lifeSeconds: 5 });
    await queue().waitForStatus(id, 'timeout', 10_000);

    const [response] = await queue().responses(id);
    expect(response).toMatchObject({ response_data: null, error_message: expect.stringContaining('life') });
    expect(response!.processing_time_ms).toBeGreaterThan(500);
    expect(await queue().events(id)).toEqual(['claimed', 'timeout']);
  });

  it('a request that is cancelled while it is called: the call is cut, nothing is written', async () => {
    const id = await queue().insertOne('/never?cancelled');
    const isCalled = () => stub.calls.some(({ path }) => path === '/never?cancelled');
    await waitFor(isCalled, { timeoutMs: 10_000, what: 'the call' });

    await queue().database.query(
      "UPDATE ai_requests SET status = 'cancelled', processed_at = NOW(3) WHERE id = ?",
      [id],
    );
    await waitFor(() => stub.inFlight === 0, { timeoutMs: 10_000, what: 'the end of the call' });

    await worker.waitForLog('Call cut: its request was cancelled or expired', 5_000);
    expect(await queue().request(id)).toMatchObject({ status: 'cancelled' });
    expect(await queue().responses(id)).toEqual([]);
    expect(await queue().events(id)).toEqual(['claimed']);
  });

  it('a call longer than max_processing_time is logged as slow', async () => {
    const id = await queue().insertOne('/delay/400');
    await queue().waitForStatus(id, 'completed', 10_000);

    expect(worker.log('Slow call')).toContainEqual(expect.objectContaining({ request_id: id }));
  });
});

describe('what the AI service sees', () => {
  it('the data as it was inserted, and who asks', async () => {
    const data = '{ "message" : "Grüße 😀", "n": 1.50 }';
    const lifeSeconds = 9;

    const who = { sourceNpc: 'Säge#1 😀', priority: 3 };
    const id = await queue().insertOne('/seen?npc=7&x=%20', { data, lifeSeconds, ...who });
    await queue().waitForStatus(id, 'completed', 10_000);

    const [call] = stub.callsTo('/seen');
    const [names] = await queue().database.query<{ queue_id: string; created_ms: number }[]>(
      `SELECT m.value AS queue_id, CAST(UNIX_TIMESTAMP(r.created_at) * 1000 AS UNSIGNED) AS created_ms
         FROM ai_requests r JOIN ai_ipc_meta m ON m.name = 'queue_id' WHERE r.id = ?`,
      [id],
    );
    expect(call).toMatchObject({ method: 'POST', path: '/seen?npc=7&x=%20', body: data });
    expect(call!.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': `${names!.queue_id}-${id}-${names!.created_ms}`,
      'x-ai-ipc-attempt': '1',
      'x-ai-ipc-priority': '3',
      'x-ai-ipc-source-npc': encodeURIComponent('Säge#1 😀'),
      authorization: 'Bearer secret-of-the-service',
    });
    const deadlineMs = Number(call!.headers['x-deadline-ms']);
    // What is left of its life; the setting would be 10 s.
    expect(deadlineMs).toBeGreaterThan(0);
    expect(deadlineMs).toBeLessThanOrEqual(9_000);
  });

  it.each(['http_get', 'health_check'])('a GET without a body for the type %s', async (type) => {
    const id = await queue().insertOne(`/look-up/${type}`, { type, data: '{"ignored":true}' });
    await queue().waitForStatus(id, 'completed', 10_000);

    const [call] = stub.callsTo(`/look-up/${type}`);
    expect(call).toMatchObject({ method: 'GET', body: '' });
    expect(call!.headers).not.toHaveProperty('x-ai-ipc-source-npc');
  });

  it('ai_service_timeout as the deadline of a request that lives longer', async () => {
    const id = await queue().insertOne('/deadline', { lifeSeconds: 60 });
    await queue().waitForStatus(id, 'completed', 10_000);

    expect(stub.callsTo('/deadline')[0]!.headers['x-deadline-ms']).toBe('10000');
  });
});

it('no log line holds what players said, what was answered, or a key', () => {
  expect(worker.output).not.toContain('Hello');
  expect(worker.output).not.toContain('secret-of-the-service');
});
