import { beforeEach, describe, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { insertSettled, setStatus } from './arrange.ts';
import { type Argument, type MapServer, useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
const queue = useQueue();
/** As plugin.h has it. */
const LOOK_MS = 20;

let server: MapServer;
beforeEach(async () => {
  await queue().clear();
  // Without the doorbell, no timer reads ai_workers while statements are counted.
  server = await startMapServer(queue().settings, { settings: 'doorbell: no\n' });
});

/** What no request has: each with what a script may have made of it. */
const IDS_OF_NOBODY: readonly Argument[] = [
  0,
  -1,
  -2,
  999_999,
  2 ** 31,
  2 ** 31 + 1,
  2 ** 32 + 1,
  2 ** 53,
  9_223_372_036_854_775_807n,
  -9_223_372_036_854_775_808n,
  '',
  'one',
  '1 OR 1=1',
];

describe('an id that no request has', () => {
  it.each(IDS_OF_NOBODY)('%s: 0, "" and 0', async (id) => {
    // 1 is what a cut to 32 bits, or half a reading of '1 OR 1=1', would find.
    await queue().database.query("INSERT INTO ai_requests (id, endpoint) VALUES (4294967295, '/x')");

    expect(await server.number('ai_db_status', id)).toBe(0);
    expect(await server.text('ai_db_response', id)).toBe('');
    expect(await server.text('ai_db_response', id, 5_000)).toBe('');
    expect(await server.number('ai_db_cancel', id)).toBe(0);
    expect(await queue().statusCounts()).toEqual({ pending: 1 });
  });

  it('below 1 costs no statement', async () => {
    await server.text('ai_json_escape', 'a'); // Reads no request, which the map server would look for anew.
    const before = await server.counters();
    for (const id of [0, -5]) {
      for (const command of ['ai_db_status', 'ai_db_response', 'ai_db_cancel'])
        await server.call(command, [id]);
    }
    expect((await server.counters())['Attempts']).toBe(before['Attempts']);
  });
});

describe('ai_db_status', () => {
  it.each([
    ['pending', 1],
    ['processing', 2],
    ['completed', 3],
    ['failed', 4],
    ['timeout', 5],
    ['cancelled', 6],
  ])('%s is %i', async (status, code) => {
    const id = await queue().insertOne('/echo');
    await setStatus(queue(), id, status);

    expect(await server.number('ai_db_status', id)).toBe(code);
    expect(await server.number('ai_db_status', String(id))).toBe(code);
    expect(await server.number('ai_db_status', { variable: id })).toBe(code);
  });

  it('of a request that scripts look after costs no statement of its own', async () => {
    const id = await queue().insertOne('/echo');
    await server.number('ai_db_status', id);
    const startedMs = performance.now();
    const before = await server.counters();
    for (let round = 0; round < 500; round += 1) await server.number('ai_db_status', id);
    const after = await server.counters();
    const looks = (performance.now() - startedMs) / LOOK_MS;
    expect(after['Attempts']! - before['Attempts']!).toBeLessThanOrEqual(Math.ceil(looks) + 2);
  });

  it('follows what becomes of the request', async () => {
    const id = await queue().insertOne('/echo');
    for (const [status, code] of [
      ['pending', 1],
      ['processing', 2],
      ['pending', 1],
      ['failed', 4],
      ['pending', 1],
      ['completed', 3],
    ] as const) {
      await setStatus(queue(), id, status);
      await expect.poll(() => server.number('ai_db_status', id)).toBe(code);
    }
    await queue().clear();
    await expect.poll(() => server.number('ai_db_status', id)).toBe(0);
  });

  it('of a status that does not exist, from SQL outside strict mode, is pending', async () => {
    const id = await queue().insertOne('/echo');
    await queue().database.query(
      "SET STATEMENT sql_mode = '' FOR UPDATE ai_requests SET status = 'dreaming'",
    );
    expect(await server.number('ai_db_status', id)).toBe(1);
  });

  it('finds an id above 2^32', async () => {
    await queue().database.query("INSERT INTO ai_requests (id, endpoint) VALUES (4294967296123, '/x')");
    expect(await server.number('ai_db_status', 4_294_967_296_123)).toBe(1);
    expect(await server.number('ai_db_cancel', 4_294_967_296_123)).toBe(1);
    await queue().clear();
    await queue().database.query('ALTER TABLE ai_requests AUTO_INCREMENT = 1');
  });
});

describe('ai_db_response', () => {
  it('is "" until there is an answer, and then the answer as it came', async () => {
    const id = await queue().insertOne('/echo');
    expect(await server.text('ai_db_response', id)).toBe('');
    await setStatus(queue(), id, 'processing');
    expect(await server.text('ai_db_response', id)).toBe('');

    const answered = await insertSettled(queue(), { response: '{"text":"Hello, \\"you\\" ^FF0000 %s%n"}' });

    expect(await server.text('ai_db_response', answered)).toBe('{"text":"Hello, \\"you\\" ^FF0000 %s%n"}');
    expect(await server.text('ai_db_response', answered)).toBe('{"text":"Hello, \\"you\\" ^FF0000 %s%n"}');
  });

  it('is whole at 16 KiB', async () => {
    const response = `{"text":"${'ü'.repeat(8_180)}"}`;
    const id = await insertSettled(queue(), { response });
    expect(await server.text('ai_db_response', id)).toBe(response);
  });

  it.each(['completed', 'failed', 'timeout', 'cancelled'])(
    'is "" for %s with a NULL answer',
    async (status) => {
      const id = await insertSettled(queue(), { status, response: null, errorMessage: 'reason' });
      expect(await server.text('ai_db_response', id)).toBe('');
      expect(await server.text('ai_db_response', id, 5_000)).toBe('');
    },
  );

  it.each([16_384, 16_385, 1_048_576])('of %i bytes is whole up to the limit, else ""', async (bytes) => {
    const response = `"${'x'.repeat(bytes - 2)}"`;
    const id = await insertSettled(queue(), { response });
    expect(await server.text('ai_db_response', id)).toBe(bytes > 16_384 ? '' : response);
    if (bytes > 16_384) expect(await server.text('ai_db_error', -1)).toMatch(/^answer_too_large: /);
  });

  it('is not the old answer of a request that is asked again', async () => {
    const id = await insertSettled(queue(), { response: '{"old":true}' });
    await setStatus(queue(), id, 'pending');
    expect(await server.text('ai_db_response', id)).toBe('');
  });

  it('is "" for an ended request without a row of its own', async () => {
    const id = await queue().insertOne('/echo');
    await setStatus(queue(), id, 'completed');
    expect(await server.text('ai_db_response', id, 5_000)).toBe('');
  });
});

describe('ai_db_error', () => {
  it('tells why a request failed', async () => {
    const id = await insertSettled(queue(), {
      status: 'failed',
      errorCode: 'ai_client_error',
      errorMessage: 'The AI service answered 404.',
    });
    expect(await server.text('ai_db_error', id)).toContain('The AI service answered 404.');
  });

  it('is "" while there is no failure', async () => {
    const pending = await queue().insertOne('/echo');
    const completed = await insertSettled(queue(), { response: '{}' });
    for (const id of [pending, completed]) expect(await server.text('ai_db_error', id)).toBe('');
    expect(await server.text('ai_db_error', -1)).toBe('');
  });

  it.each([0, -2, 2 ** 40, 'one'])('of the unknown request %s says so', async (id) => {
    expect(await server.text('ai_db_error', id)).toMatch(/^bad_id: /);
  });

  it('with -1 is the last refusal, also after a good request', async () => {
    await server.number('ai_db_request', '', '/x', '{}');
    expect(await server.text('ai_db_error', -1)).toMatch(/type/);
    await server.number('ai_db_request', 't', 'x', '{}');
    expect(await server.text('ai_db_error', -1)).toMatch(/endpoint/);
  });
});

describe('ai_db_cancel', () => {
  it.each(['pending', 'processing'])('ends a %s request, once, with its log row', async (status) => {
    const id = await queue().insertOne('/echo');
    await setStatus(queue(), id, status);

    expect(await server.number('ai_db_cancel', id)).toBe(1);
    expect(await server.number('ai_db_cancel', id)).toBe(0);

    expect(await queue().request(id)).toMatchObject({ status: 'cancelled', processed_at: expect.any(Date) });
    expect(await queue().events(id)).toEqual(['cancelled']);
    expect(await queue().responses()).toEqual([]);
    const [row] = await queue().database.query<{ event_data: string }[]>(
      'SELECT event_data FROM ai_request_log',
    );
    expect(JSON.parse(row!.event_data)).toBeTypeOf('object');
  });

  it.each(['completed', 'failed', 'timeout', 'cancelled'])('leaves a %s request alone', async (status) => {
    const id = await insertSettled(queue(), { status });
    expect(await server.number('ai_db_cancel', id)).toBe(0);
    expect(await queue().request(id)).toMatchObject({ status });
    expect(await queue().events(id)).toEqual([]);
  });
});

it('the status names are constants for scripts that were parsed before or after', async () => {
  server.parseName('AI_REQ_FAILED');
  expect(await server.constants()).toEqual({});

  await server.number('ai_db_status', 1);

  expect(await server.constants()).toEqual({
    AI_REQ_NOT_FOUND: 0,
    AI_REQ_PENDING: 1,
    AI_REQ_PROCESSING: 2,
    AI_REQ_COMPLETED: 3,
    AI_REQ_FAILED: 4,
    AI_REQ_TIMEOUT: 5,
    AI_REQ_CANCELLED: 6,
  });
});

it('a script with too few arguments is refused by the table of commands', async () => {
  for (const [command, args] of [
    ['ai_db_request', ['t', '/x']],
    ['ai_db_request', ['t', '/x', '{}', 5, 30, 1]],
    ['ai_db_response', []],
    ['ai_db_response', [1, 2, 3]],
    ['ai_db_status', []],
    ['ai_db_cancel', []],
    ['ai_db_cleanup', [60, 60]],
    ['ai_db_error', []],
  ] as const) {
    await expect(server.call(command, args), command).rejects.toThrow('refused');
  }
});
