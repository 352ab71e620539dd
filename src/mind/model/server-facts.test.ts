import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AiStub, type Behaviour, behaviours, startAiStub } from '../../../test/support/ai-stub.ts';
import { createServerFacts } from './server-facts.ts';

let stub: AiStub;
beforeAll(async () => {
  stub = await startAiStub();
});
afterAll(() => stub.close());
beforeEach(() => stub.clear());

const NOT_THERE = behaviours.json({ error: { message: 'not found' } }, { status: 404 });

/** Answers these paths, and 404 elsewhere, as each kind of server does. */
function become(paths: Readonly<Record<string, Behaviour>>): void {
  stub.behaveAlways((call, response) => {
    const path = call.path.split('?')[0] ?? '';
    (paths[path] ?? NOT_THERE)(call, response);
  });
}

/** What llama.cpp tells. */
const LLAMA = JSON.stringify({ default_generation_settings: { n_ctx: 4096 } });

const factsOf = (path = '/v1') =>
  createServerFacts({
    baseUrl: `${stub.url}${path}`,
    apiKey: 'sk-1',
    headers: { 'X-Title': 'a' },
  });

describe('the context', () => {
  const other = { id: 'other', model: 'other', context_length: 1, max_model_len: 1 };

  it.each([
    [
      'llama.cpp',
      { '/props': behaviours.json({ default_generation_settings: { n_ctx: 4096 }, total_slots: 4 }) },
    ],
    ['vLLM', { '/v1/models': behaviours.json({ data: [other, { id: 'tiny', max_model_len: 4096 }] }) }],
    [
      'OpenRouter',
      { '/v1/models': behaviours.json({ data: [other, { id: 'tiny', context_length: 4096 }] }) },
    ],
    ['Ollama', { '/api/ps': behaviours.json({ models: [other, { name: 'tiny', context_length: 4096 }] }) }],
    [
      'LM Studio',
      {
        '/api/v0/models': behaviours.json({
          data: [{ id: 'tiny', loaded_context_length: 4096, max_context_length: 9999 }],
        }),
      },
    ],
  ])('is told by %s', async (_, paths) => {
    become(paths);
    expect(await factsOf().contextOf('tiny')).toBe(4096);
  });

  it('is asked for with the key and the headers of the server', async () => {
    become({ '/props': behaviours.json({ default_generation_settings: { n_ctx: 4096 } }) });
    await factsOf('').contextOf('tiny');
    for (const { headers } of stub.calls) {
      expect(headers).toMatchObject({ authorization: 'Bearer sk-1', 'x-title': 'a' });
    }
  });

  it.each([
    ['404', NOT_THERE],
    ['other JSON', behaviours.json([{ n_ctx: 4096 }])],
    [
      'numbers that are none',
      behaviours.json({
        default_generation_settings: { n_ctx: '4096' },
        data: [{ id: 'tiny', max_model_len: -1 }],
        models: 7,
      }),
    ],
    ['a page', behaviours.raw('<html></html>', { headers: { 'content-type': 'text/html' } })],
    ['too much', behaviours.raw(`${' '.repeat(3_000_000)}${LLAMA}`, { isChunked: true })],
    ['nothing', behaviours.never()],
    ['no HTTP', behaviours.notHttp()],
    ['a redirect', behaviours.redirect('http://127.0.0.1:9/', 307)],
  ])('is not known where the server answers %s', async (_, behaviour) => {
    stub.behaveAlways(behaviour);
    expect(await factsOf().contextOf('tiny')).toBeNull();
  });

  it('is not asked for at another address, where the key would go as well', async () => {
    become({ '/props': behaviours.redirect('/elsewhere', 307), '/elsewhere': behaviours.raw(LLAMA) });
    expect(await factsOf().contextOf('tiny')).toBeNull();
    expect(stub.calls.filter(({ path }) => path === '/elsewhere')).toEqual([]);
  });
});

describe('the tokens of a text', () => {
  it.each([
    ['llama.cpp', { tokens: [5, 6, 7] }],
    ['vLLM', { count: 3, max_model_len: 4096, tokens: [5, 6, 7] }],
  ])('are counted by %s', async (_, told) => {
    become({ '/tokenize': behaviours.json(told) });
    expect(await factsOf().countTokens('tiny', 'a b c')).toBe(3);
    expect(JSON.parse(stub.calls[0]!.body)).toEqual({ model: 'tiny', content: 'a b c', prompt: 'a b c' });
  });

  it('are not counted where the server does not', async () => {
    become({});
    expect(await factsOf().countTokens('tiny', 'a b c')).toBeNull();
  });
});
