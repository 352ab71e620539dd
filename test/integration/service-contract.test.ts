import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import type { ServiceSettings } from '../../src/config/load.ts';
import { MAX_BODY_BYTES } from '../../src/service/http/contract.ts';
import { HTTP_ERRORS } from '../../src/service/http/http-error.ts';
import { createService, type Service } from '../../src/service/server.ts';
import { openServiceDatabase } from '../../src/service/service-database.ts';
import { type ModelStub, startModelStub } from '../support/model-stub.ts';

const logger = createLogger({ level: 'error', format: 'json', fd: 2 });
const KEY = 'open sesame';
const WITH_KEY = { Authorization: `Bearer ${KEY}` };

interface OpenApi {
  readonly paths: Record<string, Record<string, Operation>>;
}

interface Operation {
  readonly requestBody?: { readonly content: Content };
  readonly responses: Record<string, { readonly content: Content }>;
}

type Content = { readonly 'application/json': { readonly schema: object } };

interface Call {
  readonly method?: string;
  /** As the OpenAPI file has it. */
  readonly path: string;
  /** What stands for the parameters in it, and the query. */
  readonly at?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly url?: string;
}

const services: Service[] = [];
let folder: string;
let model: ModelStub;
let url: string;
let api: OpenApi;
let ajv: Ajv2020;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-ipc-contract-'));
  url = await serve({ serviceKey: KEY });
  model = await startModelStub();
  api = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApi;
  ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema(api, 'api');
});
afterEach(() => model.clear());
afterAll(async () => {
  for (const service of services) await service.stop();
  await model.close();
  await rm(folder, { recursive: true });
});

/** A service of its own settings; all of them remember in one database. */
async function serve(settings: Partial<ServiceSettings>, file: string = folder): Promise<string> {
  const service = createService({
    port: 0,
    logger,
    settings,
    openDatabase: () => openServiceDatabase({ kind: 'sqlite', file: join(file, 'ai_ipc.sqlite') }),
  });
  services.push(service);
  return (await service.start()).url;
}

/** Makes the call, and checks that status and answer are in the OpenAPI file. */
async function call({ method = 'POST', path, at = path, body, headers = {}, url: base = url }: Call) {
  const response = await fetch(`${base}${at}`, {
    method,
    headers: { ...WITH_KEY, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  expect(problemsOf({ method, path, part: `responses/${response.status}` }, answer)).toEqual([]);
  return { status: response.status, headers: response.headers, answer };
}

function problemsOf(
  { method, path, part }: { method: string; path: string; part: string },
  value: unknown,
): string[] {
  const place = `paths/${path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')}`;
  const validate = ajv.getSchema(
    `api#/${place}/${method.toLowerCase()}/${part}/content/application~1json/schema`,
  );
  if (validate === undefined) return [`${method} ${path} has no ${part} in the OpenAPI file`];
  return validate(value) ? [] : [JSON.stringify(validate.errors), JSON.stringify(value)];
}

const DIALOGUE = '/api/v1/npc/dialogue';
const DECIDE = '/api/v1/npc/decide';
const EMOTION = '/api/v1/npc/emotion';
const MEMORY = '/api/v1/npc/{npc_id}/memory';
const ASYNC = '/api/v1/async/{type}';

const FULL_DIALOGUE = {
  npc_id: 'Sage of Prontera',
  player_id: 150_000,
  message: 'Hello there',
  player: { name: 'Ana', level: 42, class: 'Mage' },
  location: { map: 'prontera', x: 150, y: '180' },
  options: ['Tell me more', 'Goodbye'],
  language: 'en',
};

/** Bodies that are right, for each endpoint; the OpenAPI file must think so too. */
const GOOD: readonly (readonly [string, unknown])[] = [
  [DIALOGUE, FULL_DIALOGUE],
  [DIALOGUE, { message: 'x' }],
  [DIALOGUE, { message: 'x', npc_id: null, player_id: '', player: null, location: null, options: null }],
  [DIALOGUE, { message: 'x', player: { level: '99', class: 4011 }, language: 'pt-BR', unknown: [1] }],
  [DECIDE, { npc_id: 1, context: { hp: 1, deep: { er: [] } }, actions: ['flee', 'fight'] }],
  [DECIDE, { context: '{"hp": 1}' }],
  [DECIDE, { message: 'Help me!' }],
  ['/api/v1/npc/decision', { context: 'danger' }],
  [EMOTION, { npc_id: 1, event: 'A gift' }],
  [EMOTION, { event: { gift: 'flowers' }, player_id: 3 }],
  [EMOTION, {}],
];

/** Bodies that are wrong: the OpenAPI file must think so too. */
const WRONG: readonly (readonly [string, unknown])[] = [
  [DIALOGUE, {}],
  [DIALOGUE, { message: 5 }],
  [DIALOGUE, { message: 'x', npc_id: {} }],
  [DIALOGUE, { message: 'x', player_id: 'x'.repeat(201) }],
  [DIALOGUE, { message: 'x', player: 'Ana' }],
  [DIALOGUE, { message: 'x', player: { name: 7 } }],
  [DIALOGUE, { message: 'x', player: { level: 'high' } }],
  [DIALOGUE, { message: 'x', player: { class: [] } }],
  [DIALOGUE, { message: 'x', location: 'prontera' }],
  [DIALOGUE, { message: 'x', location: { x: 1 } }],
  [DIALOGUE, { message: 'x', options: 'yes' }],
  [DIALOGUE, { message: 'x', options: [''] }],
  [DIALOGUE, { message: 'x', options: Array(51).fill('a') }],
  [DIALOGUE, { message: 'x', language: 'English!' }],
  [DECIDE, { context: 5 }],
  [DECIDE, { context: {}, actions: ['a', 1] }],
  [EMOTION, { event: 1 }],
  [EMOTION, []],
];

describe('the OpenAPI file', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate({ ...api });
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(validator.version).toBe('3.1');
  });

  it('has every endpoint that the service names, and no other', async () => {
    const { error } = (await (await fetch(`${url}/nowhere`, { headers: WITH_KEY })).json()) as {
      error: { message: string };
    };
    const named = /The endpoints are (.*)\.$/.exec(error.message)?.[1]?.split(', ') ?? [];
    expect(named.map((path) => path.replace(/:(\w+)/g, '{$1}')).sort()).toEqual(
      Object.keys(api.paths).sort(),
    );
  });

  it('has every error code', () => {
    const codes = JSON.stringify(api).match(/"code":\{"type":"string","enum":(\[[^\]]*\])/)?.[1] ?? '[]';
    expect(JSON.parse(codes).sort()).toEqual(Object.keys(HTTP_ERRORS).sort());
  });
});

describe('a good body', () => {
  it.each(GOOD)('%s %j is answered with 200', async (path, body) => {
    expect(problemsOf({ method: 'POST', path, part: 'requestBody' }, body)).toEqual([]);
    expect((await call({ path, body })).status).toBe(200);
  });
});

describe('a wrong body', () => {
  it.each(WRONG)('%s %j is refused with 400', async (path, body) => {
    expect(problemsOf({ method: 'POST', path, part: 'requestBody' }, body)).not.toEqual([]);
    const { status, answer } = await call({ path, body });
    expect(status).toBe(400);
    expect(answer).toMatchObject({ error: { message: expect.stringMatching(/; it was /) } });
  });
});

describe('dialogue', () => {
  it('has all that the contract names', async () => {
    const { answer } = await call({ path: DIALOGUE, body: FULL_DIALOGUE });
    expect(answer).toMatchObject({
      npc_id: 'Sage of Prontera',
      player_id: 150_000,
      provider: 'scripted',
      model: null,
      tokens: { prompt: 0, completion: 0 },
    });
    expect(answer['response']).toBe(answer['text']);
    expect(answer).not.toHaveProperty('limited');
  });

  it('tells what a model chose, did and cost', async () => {
    const withModel = await serve({
      modelServer: { url: model.url, model: 'stub', apiKey: '', headers: {} },
      fallback: 'none',
    });
    const { answer } = await call({ path: DIALOGUE, body: FULL_DIALOGUE, url: withModel });
    expect(answer).toMatchObject({
      text: 'The road to Prontera is safe today.',
      action: 'nods',
      chosen_option: 'Tell me more',
      provider: 'openai',
      model: 'stub',
      tokens: { prompt: expect.any(Number), completion: expect.any(Number) },
    });
    expect(model.calls[0]?.data).toMatchObject({ says: 'Hello there', options: expect.anything() });
  });
});

describe('async', () => {
  it.each([
    ['dialogue', { message: 'Hello' }, 'text'],
    ['decision', { context: { hp: 1 } }, 'action'],
    ['Decide', { context: { hp: 1 } }, 'action'],
    ['emotion', { event: 'A gift' }, 'valence'],
    ['generic', { message: 'Hello' }, 'text'],
    ['quest', { context: 'A quest', message: 'Hello' }, 'action'],
    ['anything', { event: 'A gift' }, 'valence'],
  ])('%s with %j has %s', async (type, body, field) => {
    const { status, answer } = await call({ path: ASYNC, at: `/api/v1/async/${type}`, body });
    expect(status).toBe(200);
    expect(answer).toHaveProperty(field);
  });

  it('is refused when neither type nor body tell what is asked', async () => {
    const { status, answer } = await call({ path: ASYNC, at: '/api/v1/async/quest', body: { a: 1 } });
    expect(status).toBe(400);
    expect(answer).toMatchObject({
      error: {
        code: 'bad_field',
        message: expect.stringMatching(/"quest".*dialogue, decide.*message, context/),
      },
    });
  });
});

describe('memory', () => {
  const at = (npc: string, player: string) =>
    `/api/v1/npc/${encodeURIComponent(npc)}/memory?player_id=${player}`;

  it('shows what was said, as the NPC was named, and forgets it', async () => {
    const body = { npc_id: 'Sage of Prontera#2', player_id: 77, message: 'I like red apples' };
    const { answer: said } = await call({ path: DIALOGUE, body });
    const recalled = { path: MEMORY, method: 'GET', at: at('sage-of-prontera', '77') };
    expect((await call(recalled)).answer).toEqual({
      npc_id: 'sage-of-prontera',
      player_id: '77',
      summary: null,
      turns: [{ said: 'I like red apples', answered: said['text'] }],
    });
    const { answer } = await call({ ...recalled, method: 'DELETE' });
    expect(answer).toEqual({ npc_id: 'sage-of-prontera', player_id: '77', forgotten: 1 });
    expect((await call(recalled)).answer).toMatchObject({ turns: [] });
  });

  it('belongs to the NPC where no persona has it', async () => {
    for (const npc_id of ['Nobody', 4711]) {
      const { headers } = await call({
        path: DIALOGUE,
        body: { npc_id, player_id: 78, message: `I am at ${npc_id}` },
      });
      expect(headers.get('x-ai-ipc-persona')).toBe('neutral');
    }
    const { answer } = await call({ path: MEMORY, method: 'GET', at: at('4711', '78') });
    expect(answer).toMatchObject({ turns: [{ said: 'I am at 4711' }] });
  });

  it.each(['GET', 'DELETE'])('%s needs a player', async (method) => {
    const { status, answer } = await call({ path: MEMORY, method, at: '/api/v1/npc/sage/memory' });
    expect(status).toBe(400);
    expect(answer).toMatchObject({ error: { message: expect.stringContaining('player_id') } });
  });

  it('is 503 without a database', async () => {
    const homeless = createService({ port: 0, logger });
    services.push(homeless);
    const { url: base } = await homeless.start();
    const { status, answer } = await call({ path: MEMORY, method: 'GET', at: at('sage', '1'), url: base });
    expect(status).toBe(503);
    expect(answer).toMatchObject({ error: { code: 'unavailable' } });
  });
});

describe('errors', () => {
  it('400 for a deadline that is none', async () => {
    const { status, answer } = await call({
      path: DIALOGUE,
      body: { message: 'Hi' },
      headers: { 'X-Deadline-Ms': 'soon' },
    });
    expect({ status, answer }).toMatchObject({ status: 400, answer: { error: { code: 'bad_field' } } });
  });

  it.each([{}, { Authorization: 'Bearer wrong' }, { Authorization: KEY }, { 'X-API-Key': 'wrong' }])(
    '401 with %j',
    async (headers) => {
      for (const path of [DIALOGUE, '/nowhere']) {
        const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: '{"message":"Hi"}' });
        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toBe('Bearer');
        const answer = await response.json();
        expect(answer).toMatchObject({ error: { code: 'unauthorized' } });
        expect(problemsOf({ method: 'POST', path: DIALOGUE, part: 'responses/401' }, answer)).toEqual([]);
      }
    },
  );

  it('takes the key in either header, and asks none for health', async () => {
    const headers = { Authorization: '', 'X-API-Key': KEY };
    expect((await call({ path: DIALOGUE, body: { message: 'Hi' }, headers })).status).toBe(200);
    expect((await fetch(`${url}/api/v1/health`)).status).toBe(200);
  });

  it('409 for a key that was used with another body', async () => {
    const headers = { 'Idempotency-Key': 'contract-1' };
    const first = await call({ path: DIALOGUE, body: { message: 'Hi', player_id: 5 }, headers });
    const again = await call({ path: DIALOGUE, body: { message: 'Hi', player_id: 5 }, headers });
    expect(again.answer).toEqual(first.answer);
    const { status, answer } = await call({ path: DIALOGUE, body: { message: 'Hi', player_id: 6 }, headers });
    expect({ status, answer }).toMatchObject({ status: 409, answer: { error: { code: 'key_reused' } } });
  });

  it('400 for a key that is too long', async () => {
    const headers = { 'Idempotency-Key': 'x'.repeat(256) };
    expect((await call({ path: DIALOGUE, body: { message: 'Hi' }, headers })).status).toBe(400);
  });

  it('413 for a body over a megabyte', async () => {
    const body = { message: 'x'.repeat(MAX_BODY_BYTES) };
    expect((await call({ path: DIALOGUE, body })).status).toBe(413);
  });

  it('429 with Retry-After when it answers as many as it may', async () => {
    model.fail('never');
    const small = await serve({
      modelServer: { url: model.url, model: 'stub', apiKey: '', headers: {} },
      maxInFlight: 1,
      deadlineMs: 2_000,
    });
    const first = call({ path: DIALOGUE, body: { message: 'Hi' }, url: small });
    await expect.poll(() => model.calls.length, { timeout: 10_000 }).toBe(1);
    const { status, headers, answer } = await call({ path: DIALOGUE, body: { message: 'Hi' }, url: small });
    expect({ status, retry: headers.get('retry-after'), answer }).toMatchObject({
      status: 429,
      retry: '1',
      answer: { error: { code: 'overloaded', message: expect.stringContaining('AI_MAX_IN_FLIGHT') } },
    });
    expect((await first).status).toBe(200);
  });

  it.each([
    ['serverError', 502, 'model_failed'],
    ['never', 504, 'model_timeout'],
  ] as const)('%s of a model without a fallback is %i', async (fault, status, code) => {
    model.fail(fault);
    const alone = await serve({
      modelServer: { url: model.url, model: 'stub', apiKey: '', headers: {} },
      fallback: 'none',
      deadlineMs: 400,
    });
    for (const [path, body] of [
      [DIALOGUE, { message: 'Hi' }],
      [DECIDE, { context: 'danger' }],
      [EMOTION, { event: 'A gift' }],
    ] as const) {
      const answered = await call({ path, body, url: alone });
      expect(answered).toMatchObject({ status, answer: { error: { code } } });
    }
    const health = await call({ path: '/api/v1/health', method: 'GET', url: alone });
    expect(health).toMatchObject({ status: 503, answer: { error: { code: 'unavailable' } } });
  });
});

describe('health', () => {
  it('is ok, and says who answers', async () => {
    const { answer } = await call({ path: '/api/v1/health', method: 'GET' });
    expect(answer).toMatchObject({ status: 'ok', provider: 'scripted', model: null });
    expect(answer).not.toHaveProperty('reason');
  });

  it('is degraded while the fallback answers, and ok again with the model', async () => {
    const withModel = await serve({
      modelServer: { url: model.url, model: 'stub', apiKey: '', headers: {} },
    });
    const health = async () => (await call({ path: '/api/v1/health', method: 'GET', url: withModel })).answer;
    const talk = async () => (await call({ path: DIALOGUE, body: { message: 'Hi' }, url: withModel })).answer;
    expect(await health()).toMatchObject({ status: 'ok', provider: 'openai', model: 'stub' });
    model.fail('serverError');
    expect(await talk()).toMatchObject({ provider: 'scripted', model: null });
    expect(await health()).toMatchObject({
      status: 'degraded',
      provider: 'scripted',
      model: null,
      reason: expect.stringContaining('The model does not answer'),
    });
    model.clear();
    expect(await talk()).toMatchObject({ provider: 'openai', model: 'stub' });
    expect(await health()).toMatchObject({ status: 'ok', provider: 'openai' });
  });

  it('is degraded without a database that can be used', async () => {
    const base = await serve({}, join(folder, 'no', 'such', 'folder'));
    const { answer } = await call({ path: '/api/v1/health', method: 'GET', url: base });
    expect(answer).toMatchObject({ status: 'degraded', reason: expect.stringContaining('remember nothing') });
    expect((await call({ path: DIALOGUE, body: { message: 'Hi', player_id: 1 }, url: base })).status).toBe(
      200,
    );
  });
});
