import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { HTTP_ERRORS } from '../../src/service/http/http-error.ts';
import { useContract, WITH_KEY } from './support/service-contract.ts';
import { modelServer } from './support/service-under-test.ts';

const contract = useContract();
const { serve, call, problemsOf } = contract;

const DIALOGUE = '/api/v1/npc/dialogue';
const DECIDE = '/api/v1/npc/decide';
const EMOTION = '/api/v1/npc/emotion';
const OPTIONS = '/api/v1/npc/options';
const SHOUT = '/api/v1/npc/shout';
const SCENE = '/api/v1/npc/scene';
const FACTS = '/api/v1/npc/facts';
const MEMORY = '/api/v1/npc/{npc_id}/memory';
const ASYNC = '/api/v1/async/{type}';

/** keepalive_timeout of nginx before an upstream, by default (ngx_http_upstream_module). */
const NGINX_RESTING_SECONDS = 60;

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
  [
    OPTIONS,
    { npc_id: 'Kafra', player_id: 3, message: 'Hello', max: 8, player: { name: 'Ana' }, language: 'de' },
  ],
  [OPTIONS, { max: '2', message: null }],
  [OPTIONS, { max: '' }],
  [SHOUT, { npc_id: 5, topic: 'x'.repeat(500), location: { map: 'prontera' } }],
  [SCENE, { npcs: [1, 'Kafra'], topic: 'the weather' }],
  [SCENE, { npcs: ['a', 'b', 'c', 'd'], topic: 'the weather', lines: '12', language: 'en' }],
  [FACTS, { npc_id: 'Kafra', player_id: 3, fact: 'Ana paid.' }],
  [FACTS, { fact: 'x'.repeat(200), player_id: '' }],
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
  [OPTIONS, { max: 1 }],
  [OPTIONS, { max: '9' }],
  [OPTIONS, { max: 2.5 }],
  [OPTIONS, { message: 5 }],
  [SHOUT, {}],
  [SHOUT, { topic: ' ' }],
  [SHOUT, { topic: 'x'.repeat(501) }],
  [SCENE, { npcs: ['Kafra'], topic: 'x' }],
  [SCENE, { npcs: ['a', 'b', 'c', 'd', 'e'], topic: 'x' }],
  [SCENE, { npcs: ['Kafra', 'Kafra'], topic: 'x' }],
  [SCENE, { npcs: ['Kafra', ''], topic: 'x' }],
  [SCENE, { npcs: 'Kafra', topic: 'x' }],
  [SCENE, { npcs: ['a', 'b'], topic: 'x', lines: 13 }],
  [FACTS, { npc_id: 'Kafra' }],
  [FACTS, { fact: '' }],
  [FACTS, { fact: 'x'.repeat(201) }],
];

describe('the OpenAPI file', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate({ ...contract.api });
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(validator.version).toBe('3.1');
  });

  it('has every endpoint that the service names, and no other', async () => {
    const { error } = (await (await fetch(`${contract.url}/nowhere`, { headers: WITH_KEY })).json()) as {
      error: { message: string };
    };
    const named = /The endpoints are (.*)\.$/.exec(error.message)?.[1]?.split(', ') ?? [];
    expect(named.map((path) => path.replace(/:(\w+)/g, '{$1}')).sort()).toEqual(
      Object.keys(contract.api.paths).sort(),
    );
  });

  it('has every error code', () => {
    const codes =
      JSON.stringify(contract.api).match(/"code":\{"type":"string","enum":(\[[^\]]*\])/)?.[1] ?? '[]';
    expect(JSON.parse(codes).sort()).toEqual(Object.keys(HTTP_ERRORS).sort());
  });
});

it('keeps a resting connection for longer than boxes do that stand before it', async () => {
  const { headers } = await call({ method: 'GET', path: '/api/v1/health' });
  const [, seconds] = /timeout=(\d+)/.exec(headers.get('keep-alive') ?? '') ?? [];
  expect(Number(seconds)).toBeGreaterThan(NGINX_RESTING_SECONDS);
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
      ...modelServer(contract.model),
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
    expect(contract.model.calls[0]?.data).toMatchObject({ says: 'Hello there', options: expect.anything() });
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
      facts: [],
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
    const base = await serve({}, null);
    const { status, answer } = await call({ path: MEMORY, method: 'GET', at: at('sage', '1'), url: base });
    expect(status).toBe(503);
    expect(answer).toMatchObject({ error: { code: 'unavailable' } });
  });
});
