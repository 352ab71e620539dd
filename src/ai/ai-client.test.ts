import { describe, expect, it } from 'vitest';
import { clientFor, errorOf, MAX_BYTES, useAiClient } from '../../test/support/ai-client.ts';
import { behaviours, callTo } from '../../test/support/ai-stub.ts';
import { AiIpcError } from '../base/errors.ts';

const ai = useAiClient();

describe('a call', () => {
  it('carries method, path with query, data and headers to the service', async () => {
    await ai.client.call(
      callTo('/echo?mood=calm', { headers: { 'Idempotency-Key': 'k-7', 'X-Deadline-Ms': '900' } }),
    );

    expect(ai.stub.calls).toHaveLength(1);
    expect(ai.stub.calls[0]).toMatchObject({
      method: 'POST',
      path: '/echo?mood=calm',
      body: '{"message":"Hello"}',
      idempotencyKey: 'k-7',
    });
    expect(ai.stub.calls[0]?.headers).toMatchObject({
      'x-deadline-ms': '900',
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      host: new URL(ai.stub.url).host,
    });
  });

  it('sends no data with GET', async () => {
    const result = await ai.client.call(callTo('/api/v1/health', { method: 'GET', body: '{"a":1}' }));

    expect(result).toMatchObject({ kind: 'answer', status: 200 });
    expect(ai.stub.calls[0]).toMatchObject({ method: 'GET', body: '' });
    expect(ai.stub.calls[0]?.headers['content-type']).toBeUndefined();
  });

  it('goes below the path of the base URL', async () => {
    await ai.replaceClient('/ai/v2/');

    await ai.client.call(callTo('/echo'));

    expect(ai.stub.calls.map((call) => call.path)).toEqual(['/ai/v2/echo']);
  });

  it('sends the configured headers, each once, and its own over them', async () => {
    await ai.replaceClient('', {
      headers: { Authorization: 'Bearer k', 'User-Agent': 'npc', 'X-Attempt': 'no' },
    });

    await ai.client.call(callTo('/echo', { headers: { 'x-attempt': '2' } }));

    expect(ai.stub.calls[0]?.headers).toMatchObject({
      authorization: 'Bearer k',
      'user-agent': 'npc',
      'x-attempt': '2',
    });
  });
});

describe('a good answer', () => {
  it('is passed on exactly as received', async () => {
    const body =
      '{ "text" : "Grüß dich, \\u00e9t\\ud83d\\ude00 😀",\n\t"n": 1.0e2, "n": 100000000000000000001 }\n';
    ai.stub.behave('/exact', behaviours.raw(body, { headers: { 'content-type': 'application/json' } }));

    expect(await ai.client.call(callTo('/exact'))).toEqual({ kind: 'answer', status: 200, body });
  });

  it('loses a byte order mark and nothing else', async () => {
    ai.stub.behave('/bom', behaviours.raw('\ufeff {"text":"a"} '));

    expect(await ai.client.call(callTo('/bom'))).toEqual({
      kind: 'answer',
      status: 200,
      body: ' {"text":"a"} ',
    });
  });

  it.each(['application/vnd.api+json', 'text/html', undefined])(
    'may have the content type %s',
    async (type) => {
      ai.stub.behave(
        '/typed',
        behaviours.raw('[1]', { headers: type === undefined ? {} : { 'content-type': type } }),
      );

      expect(await ai.client.call(callTo('/typed'))).toEqual({ kind: 'answer', status: 200, body: '[1]' });
    },
  );

  it('of text/plain is wrapped as {"text": …}', async () => {
    expect(await ai.client.call(callTo('/text'))).toEqual({
      kind: 'answer',
      status: 200,
      body: '{"text":"Hello, \\"traveller\\"!"}',
    });
  });

  it('may come in pieces, and with a 201', async () => {
    ai.stub.behave('/pieces', (_call, response) => {
      response.writeHead(201);
      response.write('{"text":"Gr\xc3', 'latin1');
      setImmediate(() => response.end('\xbc\xc3\x9f"}', 'latin1'));
    });

    expect(await ai.client.call(callTo('/pieces'))).toEqual({
      kind: 'answer',
      status: 201,
      body: '{"text":"Grüß"}',
    });
  });
});

describe('the size limit', () => {
  it.each(['sized', 'chunked'])('lets an answer of exactly the limit through (%s)', async (way) => {
    const result = await ai.client.call(callTo(`/${way}/${MAX_BYTES}`));

    expect(result).toMatchObject({ kind: 'answer' });
    expect(result.kind === 'answer' && result.body.length).toBe(MAX_BYTES);
  });

  it.each(['sized', 'chunked'])('refuses one byte more (%s)', async (way) => {
    const result = await ai.client.call(callTo(`/${way}/${MAX_BYTES + 1}`));

    expect(result.kind).toBe('refused');
    expect(errorOf(result)).toEqual({
      code: 'answer_too_large',
      message: expect.stringContaining('more than 16384 bytes'),
    });
  });

  it('ends an endless answer at the limit, long before the deadline', async () => {
    const piece = 'x'.repeat(4096);
    ai.stub.behave('/endless', (_call, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', write);
      write();
    });

    const result = await ai.client.call(callTo('/endless'));

    expect(errorOf(result).code).toBe('answer_too_large');
  });

  it('counts text after it was wrapped', async () => {
    ai.stub.behave(
      '/bells',
      behaviours.raw('\u0007'.repeat(4000), { headers: { 'content-type': 'text/plain' } }),
    );

    expect(errorOf(await ai.client.call(callTo('/bells'))).code).toBe('answer_too_large');
  });

  it('holds for the words of an error, too: the status alone is told', async () => {
    ai.stub.behave('/big-error', behaviours.status(500, { body: { detail: 'y'.repeat(MAX_BYTES) } }));

    const error = errorOf(await ai.client.call(callTo('/big-error')));

    expect(error.code).toBe('ai_server_error');
    expect(error.message).toContain('HTTP 500');
    expect(error.message).not.toContain('yyy');
  });
});

describe('what cannot be sent', () => {
  it.each([
    '',
    'echo',
    'http://127.0.0.1/',
    '//other/',
    '/a/../b',
    '/a%2E%2e/b',
    '/a b',
    '/ü',
    '/a\\b',
    '/a#b',
    '/a\r\nX: y',
  ])('the endpoint %j is refused and never called', async (endpoint) => {
    const result = await ai.client.call(callTo(endpoint));

    expect(result).toMatchObject({ kind: 'refused', error: { code: 'bad_endpoint' } });
    expect(ai.stub.calls).toHaveLength(0);
  });

  it.each([
    { 'X-Npc': 'Sage\r\nX-Other: 1' },
    { 'X-Npc': '賢者' },
    { 'X Npc': 'Sage' },
    { '': 'Sage' },
    { 'Transfer-Encoding': 'chunked' },
    { 'Content-Length': '3' },
    { Host: 'other.example' },
    { Expect: '100-continue' },
    { Connection: 'close' },
    { Upgrade: 'websocket' },
  ])('the header %j is refused and never sent', async (headers) => {
    const result = await ai.client.call(callTo('/echo', { headers }));

    expect(result).toMatchObject({ kind: 'refused', error: { code: 'bad_argument' } });
    expect(ai.stub.calls).toHaveLength(0);
  });
});

describe('settings', () => {
  it.each([
    '',
    'localhost:8000',
    'ftp://host',
    'http://u:pw@host',
    'http://u:pw@ho st',
    'http://host/?a=1',
    'http://host/#a',
  ])('the base URL %j is refused', (baseUrl) => {
    expect(() => clientFor(baseUrl)).toThrow(AiIpcError);
    expect(() => clientFor(baseUrl)).not.toThrow(/pw/);
  });

  it('a header that HTTP cannot carry is refused without its value', () => {
    expect(() => clientFor(ai.stub.url, { headers: { Authorization: 'Bearer\nsecret' } })).toThrow(
      /"Authorization"/,
    );
    expect(() => clientFor(ai.stub.url, { headers: { Authorization: 'Bearer\nsecret' } })).not.toThrow(
      /secret/,
    );
  });
});
