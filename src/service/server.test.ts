import fc from 'fast-check';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JSON_TYPE } from '../../test/support/json-body.ts';
import { createLogger, descriptor } from '../base/logger.ts';
import { ANSWERS, MAX_BODY_BYTES } from './base/contract.ts';
import { createService, type Service } from './server.ts';

const logger = createLogger({ level: 'error', format: 'json', to: descriptor(2) });
const DIALOGUE = '/api/v1/npc/dialogue';
const SPOKEN = 'My secret name';
/** Made here, before there are connections: it takes seconds on a busy machine, and Node's server hangs up after 5 s. */
const ANY_TEXT = fc.string({ unit: 'binary', maxLength: 200 });

let service: Service;
let url = '';

beforeAll(async () => {
  service = createService({ port: 0, logger, hasTestEndpoints: true });
  ({ url } = await service.start());
});
afterAll(() => service.stop());

interface Answered {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: unknown;
}

async function call(
  method: string,
  path: string,
  options: { body?: string | Uint8Array; headers?: Record<string, string>; at?: string } = {},
): Promise<Answered> {
  const { statusCode, headers, body } = await request(`${options.at ?? url}${path}`, {
    method,
    ...(options.body === undefined ? {} : { body: options.body }),
    headers: { ...JSON_TYPE, ...options.headers },
  });
  const text = await body.text();
  return { status: statusCode, headers, body: text === '' ? undefined : JSON.parse(text) };
}

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> {
  return call('POST', path, { body: JSON.stringify(body), headers });
}

function refusal(status: number, code: string, message: string | RegExp = /.+/) {
  return { status, body: { error: { code, message: expect.stringMatching(message) } } };
}

describe('health', () => {
  it('tells who answers', async () => {
    const { status, body, headers } = await call('GET', '/api/v1/health');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    expect(ANSWERS.health.parse(body)).toMatchObject({ status: 'ok', provider: 'scripted', model: null });
  });
});

describe('dialogue', () => {
  it('answers the example data of the document', async () => {
    const first = await post(DIALOGUE, { message: 'Hello AI', npc_id: 123 });
    expect(first.status).toBe(200);
    const answer = ANSWERS.dialogue.parse(first.body);
    expect(answer).toMatchObject({ npc_id: 123, player_id: null, provider: 'scripted' });
    expect(answer.response).toBe(answer.text);
    const second = await post(DIALOGUE, { message: '…' });
    expect(ANSWERS.dialogue.parse(second.body)).toMatchObject({ npc_id: 'neutral', player_id: null });
  });

  it('keeps ids as they came, numbers or texts, and ignores fields it does not know', async () => {
    const { body } = await post(DIALOGUE, {
      message: 'Hi',
      npc_id: 'x',
      player_id: 150000,
      mood: { deep: [] },
    });
    expect(ANSWERS.dialogue.parse(body)).toMatchObject({ npc_id: 'x', player_id: 150000 });
  });

  it('takes the NPC from the header when the body names none, and tells which persona spoke', async () => {
    const headers = { 'X-AI-IPC-Source-Npc': encodeURIComponent('Sage of Prontera#é') };
    const { body, headers: answered } = await post(
      DIALOGUE,
      { message: 'Who are you?', npc_id: '' },
      headers,
    );
    expect(ANSWERS.dialogue.parse(body).npc_id).toBe('Sage of Prontera#é');
    expect(answered['x-ai-ipc-persona']).toBe('sage-of-prontera');
    const named = await post(DIALOGUE, { message: 'Who are you?', npc_id: 5 }, headers);
    expect(named.headers['x-ai-ipc-persona']).toBe('neutral');
  });

  it('takes a header that is not percent-encoded as it stands', async () => {
    const { body } = await post(DIALOGUE, { message: 'Hi' }, { 'X-AI-IPC-Source-Npc': '50% off' });
    expect(ANSWERS.dialogue.parse(body).npc_id).toBe('50% off');
  });

  it('answers messages of any content', async () => {
    await fc.assert(
      fc.asyncProperty(ANY_TEXT, async (text) => {
        const message = `${text}x`;
        const { status, body } = await post(DIALOGUE, {
          message,
          npc_id: 'Sage of Prontera',
          player_id: text.slice(0, 9),
        });
        expect(status).toBe(200);
        expect(ANSWERS.dialogue.parse(body).text).not.toMatch(/\p{C}|\^/u);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['', ' \n'])('greets a player who says nothing: %j', async (message) => {
    const { status, body } = await post(DIALOGUE, { npc_id: 'sage-of-prontera', message });
    expect(status).toBe(200);
    expect(ANSWERS.dialogue.parse(body).text).toMatch(/\S/);
  });

  it('answers the same whoever else asks at the time', async () => {
    const questions = [...Array(200).keys()].map((at) => ({
      message: `Where is town ${at % 20}?`,
      player_id: at % 7,
      npc_id: 'sage-of-prontera',
    }));
    const together = await Promise.all(questions.map((question) => post(DIALOGUE, question)));
    for (const [at, { body }] of together.entries()) {
      const alone = await post(DIALOGUE, questions[at]);
      expect(ANSWERS.dialogue.parse(body).text).toBe(ANSWERS.dialogue.parse(alone.body).text);
      expect(ANSWERS.dialogue.parse(body).player_id).toBe(at % 7);
    }
  });
});

describe('decide', () => {
  it.each(['/api/v1/npc/decide', '/api/v1/npc/decision'])(
    'answers at %s with one of the actions',
    async (path) => {
      const context = { hp: 10, max_hp: 100, enemy: 'orc' };
      for (const given of [context, JSON.stringify(context)]) {
        const { status, body } = await post(path, { npc_id: 9, context: given, actions: ['attack', 'flee'] });
        expect(status).toBe(200);
        expect(ANSWERS.decide.parse(body)).toMatchObject({ npc_id: 9, action: 'flee' });
      }
    },
  );

  it('has actions of its own when the request names none', async () => {
    for (const actions of [undefined, null, []]) {
      const { body } = await post('/api/v1/npc/decide', { context: 'a customer wants to trade', actions });
      expect(ANSWERS.decide.parse(body).action).toBe('trade');
    }
  });

  it('takes a message for the context when there is no other', async () => {
    const { body } = await post('/api/v1/npc/decide', {
      message: 'Help, I am lost!',
      actions: ['wait', 'help'],
    });
    expect(ANSWERS.decide.parse(body).action).toBe('help');
  });

  it.each([
    ['no context', {}, /^The field context must be an object or a text; it was missing/],
    ['a context of numbers', { context: 5 }, /context must be an object or a text; it was 5/],
    ['a list as context', { context: [] }, /context must be an object or a text; it was a list/],
    ['a context that only begins as JSON', { context: '{"hp": ' }, /context is not JSON/],
    [
      'actions in a text',
      { context: {}, actions: 'flee' },
      /actions must be a list of texts; it was a text of 4 characters/,
    ],
    ['an action that is no text', { context: {}, actions: ['a', 1] }, /actions\.1 must be a text; it was 1/],
    ['an empty action', { context: {}, actions: [' '] }, /actions\.0 must not be empty/],
    ['too many actions', { context: {}, actions: Array(101).fill('a') }, /actions must have at most 100/],
  ])('refuses %s', async (_, body, message) => {
    expect(await post('/api/v1/npc/decide', body)).toMatchObject(refusal(400, 'bad_field', message));
  });
});

describe('emotion', () => {
  it.each([
    [{ npc_id: 1, event: 'A monster attacks' }, 'afraid'],
    [{ npc_id: 1, event: { type: 'gift', from: 'Bob' } }, 'grateful'],
    [{ npc_id: 1, message: 'your friend died' }, 'sad'],
    [{ npc_id: 'Sage of Prontera' }, 'calm'],
  ])('answers %j with %s', async (body, emotion) => {
    const answered = await post('/api/v1/npc/emotion', body);
    expect(answered.status).toBe(200);
    expect(ANSWERS.emotion.parse(answered.body)).toMatchObject({ npc_id: body.npc_id, emotion });
  });

  it('refuses an event that is a number', async () => {
    const answered = await post('/api/v1/npc/emotion', { event: 1 });
    expect(answered).toMatchObject(refusal(400, 'bad_field', /event must be an object or a text; it was 1/));
  });
});

describe('what is wrong is told', () => {
  it.each([
    ['no body', '', /The body is empty/],
    ['a body that is not JSON', '{"message": "Hello" "AI"}', /The body is not JSON in UTF-8/],
    ['a body in Latin-1', Buffer.from('{"message":"é"}', 'latin1'), /The body is not JSON in UTF-8/],
    ['a list', '[1]', /The body must be a JSON object; it was a list/],
    ['null', 'null', /The body must be a JSON object; it was null/],
  ])('%s: 400 bad_json', async (_, body, message) => {
    expect(await call('POST', DIALOGUE, { body })).toMatchObject(refusal(400, 'bad_json', message));
  });

  it.each([
    [{}, /^The field message must be a text; it was missing\.$/],
    [{ message: 5 }, /^The field message must be a text; it was 5\.$/],
    [{ message: 'a', npc_id: true }, /^The field npc_id must be a number or a text/],
    [{ message: 'a', player_id: {} }, /^The field player_id must be .*; it was an object\.$/],
    [
      { message: 'a', npc_id: 'x'.repeat(201) },
      /npc_id must be a number or a text of at most 200 characters/,
    ],
  ])('%j: 400 bad_field', async (body, message) => {
    expect(await post(DIALOGUE, body)).toMatchObject(refusal(400, 'bad_field', message));
  });

  it('a number too large for JSON: 400', async () => {
    const answered = await call('POST', DIALOGUE, { body: '{"message":"a","npc_id":1e999}' });
    expect(answered).toMatchObject(refusal(400, 'bad_field', /npc_id/));
  });

  it('a field nested deeper than a stack: 400', async () => {
    const body = `{"message":${'['.repeat(400_000)}${']'.repeat(400_000)}}`;
    expect(await call('POST', DIALOGUE, { body })).toMatchObject(refusal(400, 'bad_field', /it was a list/));
  });

  it.each([
    [DIALOGUE, `{"message": "${SPOKEN}" broken}`],
    [DIALOGUE, `${SPOKEN}`],
    [DIALOGUE, JSON.stringify(SPOKEN)],
    [DIALOGUE, JSON.stringify({ message: 'a', npc_id: SPOKEN.repeat(20) })],
    [DIALOGUE, JSON.stringify({ message: 'a', options: SPOKEN })],
    [DIALOGUE, JSON.stringify({ message: 'a', game: SPOKEN, language: SPOKEN.repeat(99) })],
    ['/api/v1/npc/decide', JSON.stringify({ context: `{"said": "${SPOKEN}"`, actions: ['a'] })],
    ['/api/v1/npc/decide', JSON.stringify({ context: 'a', actions: SPOKEN })],
    ['/api/v1/npc/emotion', JSON.stringify({ event: [SPOKEN] })],
    ['/api/v1/npc/facts', JSON.stringify({ facts: SPOKEN })],
  ])('no refusal quotes what was said: %s %s', async (path, body) => {
    const answered = await call('POST', path, { body });
    expect(answered).toMatchObject({ status: 400, body: { error: {} } });
    expect(JSON.stringify(answered.body)).not.toMatch(/secret/i);
  });

  it('an unknown path: 404 with the endpoints', async () => {
    const answered = await post('/api/v1/npc/dialog', {});
    expect(answered).toMatchObject(
      refusal(404, 'not_found', /nothing at \/api\/v1\/npc\/dialog\. .*\/api\/v1\/npc\/dialogue/),
    );
  });

  it.each([
    ['GET', DIALOGUE, 'POST'],
    ['DELETE', '/api/v1/npc/decision', 'POST'],
    ['PUT', '/api/v1/npc/emotion', 'POST'],
    ['POST', '/api/v1/health', 'GET'],
  ])('%s %s: 405 with the methods it takes', async (method, path, allowed) => {
    const answered = await call(method, path);
    expect(answered).toMatchObject(refusal(405, 'method_not_allowed'));
    expect(answered.headers['allow']).toBe(allowed);
  });

  it('a body over a megabyte: 413, told by its length or by its chunks', async () => {
    const message = 'x'.repeat(MAX_BODY_BYTES);
    expect(await post(DIALOGUE, { message })).toMatchObject(refusal(413, 'body_too_large', /1048576 bytes/));
    const chunked = await fetch(`${url}${DIALOGUE}`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: new Blob([JSON.stringify({ message })]).stream(),
      duplex: 'half',
    });
    expect(chunked.status).toBe(413);
  });

  it('a body of just a megabyte is answered', async () => {
    const message = 'x'.repeat(MAX_BODY_BYTES - '{"message":""}'.length);
    expect((await post(DIALOGUE, { message })).status).toBe(200);
  });
});

describe('the test endpoints', () => {
  it.each(['GET', 'POST'])('%s delay answers after that time', async (method) => {
    const startMs = performance.now();
    const { status, body } = await call(
      method,
      '/api/v1/test/delay/60',
      method === 'POST' ? { body: '{}' } : {},
    );
    expect({ status, body }).toEqual({ status: 200, body: { delayed_ms: 60 } });
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(59);
  });

  it.each([200, 204, 304, 418, 429, 503, 599])('status answers with %i', async (code) => {
    for (const method of ['GET', 'POST']) {
      const { status, body } = await call(method, `/api/v1/test/status/${code}`);
      expect({ status, body }).toEqual({
        status: code,
        body: code === 204 || code === 304 ? undefined : { status: code },
      });
    }
  });

  it.each(['delay/60001', 'delay/-1', 'delay/soon', 'delay/1.5', 'status/199', 'status/600', 'status/1e2'])(
    'refuse %s',
    async (path) => {
      expect(await call('GET', `/api/v1/test/${path}`)).toMatchObject(
        refusal(400, 'bad_field', /whole number from/),
      );
    },
  );

  it('are not there unless asked for', async () => {
    const plain = createService({ port: 0, logger });
    const { url: at } = await plain.start();
    try {
      for (const path of ['/api/v1/test/delay/1', '/api/v1/test/status/200']) {
        expect(await call('GET', path, { at })).toMatchObject(refusal(404, 'not_found'));
      }
    } finally {
      await plain.stop();
    }
  });
});
