import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AiStub, behaviours, callTo, startAiStub } from '../../test/support/ai-stub.ts';
import { AiIpcError, type ErrorCode } from '../base/errors.ts';
import { type AiClient, type AiResult, createAiClient } from './ai-client.ts';

const MAX_BYTES = 16_384;

let stub: AiStub;
let client: AiClient;

function clientFor(
  baseUrl: string,
  changes: { headers?: Record<string, string>; connections?: number } = {},
): AiClient {
  return createAiClient({ baseUrl, headers: {}, maxResponseBytes: MAX_BYTES, connections: 4, ...changes });
}

function errorOf(result: AiResult): { code: ErrorCode; message: string } {
  if (!('error' in result)) throw new Error(`no error in ${JSON.stringify(result)}`);
  return result.error;
}

beforeAll(async () => {
  stub = await startAiStub();
});
beforeEach(() => {
  stub.clear();
  client = clientFor(stub.url);
});
afterEach(() => client.close());
afterAll(() => stub.close());

describe('a call', () => {
  it('carries method, path with query, data and headers to the service', async () => {
    await client.call(
      callTo('/echo?mood=calm', { headers: { 'Idempotency-Key': 'k-7', 'X-Deadline-Ms': '900' } }),
    );

    expect(stub.calls).toHaveLength(1);
    expect(stub.calls[0]).toMatchObject({
      method: 'POST',
      path: '/echo?mood=calm',
      body: '{"message":"Hello"}',
      idempotencyKey: 'k-7',
    });
    expect(stub.calls[0]?.headers).toMatchObject({
      'x-deadline-ms': '900',
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      host: `127.0.0.1:${stub.port}`,
    });
  });

  it('sends no data with GET', async () => {
    const result = await client.call(callTo('/api/v1/health', { method: 'GET', body: '{"a":1}' }));

    expect(result).toMatchObject({ kind: 'answer', status: 200 });
    expect(stub.calls[0]).toMatchObject({ method: 'GET', body: '' });
    expect(stub.calls[0]?.headers['content-type']).toBeUndefined();
  });

  it('goes below the path of the base URL', async () => {
    await client.close();
    client = clientFor(`${stub.url}/ai/v2/`);

    await client.call(callTo('/echo'));

    expect(stub.calls.map((call) => call.path)).toEqual(['/ai/v2/echo']);
  });

  it('sends the configured headers, each once, and its own over them', async () => {
    await client.close();
    client = clientFor(stub.url, {
      headers: { Authorization: 'Bearer k', 'User-Agent': 'npc', 'X-Attempt': 'no' },
    });

    await client.call(callTo('/echo', { headers: { 'x-attempt': '2' } }));

    expect(stub.calls[0]?.headers).toMatchObject({
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
    stub.behave('/exact', behaviours.raw(body, { headers: { 'content-type': 'application/json' } }));

    expect(await client.call(callTo('/exact'))).toEqual({ kind: 'answer', status: 200, body });
  });

  it('loses a byte order mark and nothing else', async () => {
    stub.behave('/bom', behaviours.raw('\ufeff {"text":"a"} '));

    expect(await client.call(callTo('/bom'))).toEqual({
      kind: 'answer',
      status: 200,
      body: ' {"text":"a"} ',
    });
  });

  it.each(['application/vnd.api+json', 'text/html', undefined])(
    'may have the content type %s',
    async (type) => {
      stub.behave(
        '/typed',
        behaviours.raw('[1]', { headers: type === undefined ? {} : { 'content-type': type } }),
      );

      expect(await client.call(callTo('/typed'))).toEqual({ kind: 'answer', status: 200, body: '[1]' });
    },
  );

  it('of text/plain is wrapped as {"text": …}', async () => {
    expect(await client.call(callTo('/text'))).toEqual({
      kind: 'answer',
      status: 200,
      body: '{"text":"Hello, \\"traveller\\"!"}',
    });
  });

  it('may come in pieces, and with a 201', async () => {
    stub.behave('/pieces', (_call, response) => {
      response.writeHead(201);
      response.write('{"text":"Gr\xc3', 'latin1');
      setImmediate(() => response.end('\xbc\xc3\x9f"}', 'latin1'));
    });

    expect(await client.call(callTo('/pieces'))).toEqual({
      kind: 'answer',
      status: 201,
      body: '{"text":"Grüß"}',
    });
  });
});

describe('the size limit', () => {
  it.each(['sized', 'chunked'])('lets an answer of exactly the limit through (%s)', async (way) => {
    const result = await client.call(callTo(`/${way}/${MAX_BYTES}`));

    expect(result).toMatchObject({ kind: 'answer' });
    expect(result.kind === 'answer' && result.body.length).toBe(MAX_BYTES);
  });

  it.each(['sized', 'chunked'])('refuses one byte more (%s)', async (way) => {
    const result = await client.call(callTo(`/${way}/${MAX_BYTES + 1}`));

    expect(result.kind).toBe('refused');
    expect(errorOf(result)).toEqual({
      code: 'answer_too_large',
      message: expect.stringContaining('more than 16384 bytes'),
    });
  });

  it('ends an endless answer at the limit, long before the deadline', async () => {
    const piece = 'x'.repeat(4096);
    stub.behave('/endless', (_call, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', write);
      write();
    });

    const result = await client.call(callTo('/endless'));

    expect(errorOf(result).code).toBe('answer_too_large');
  });

  it('counts text after it was wrapped', async () => {
    stub.behave(
      '/bells',
      behaviours.raw('\u0007'.repeat(4000), { headers: { 'content-type': 'text/plain' } }),
    );

    expect(errorOf(await client.call(callTo('/bells'))).code).toBe('answer_too_large');
  });

  it('holds for the words of an error, too: the status alone is told', async () => {
    stub.behave('/big-error', behaviours.status(500, { body: { detail: 'y'.repeat(MAX_BYTES) } }));

    const error = errorOf(await client.call(callTo('/big-error')));

    expect(error.code).toBe('ai_server_error');
    expect(error.message).toContain('HTTP 500');
    expect(error.message).not.toContain('yyy');
  });
});

describe('no answer', () => {
  it.each([
    ['/empty', 'answer_empty', 'HTTP 200 and nothing in it'],
    ['/no-content', 'answer_empty', 'HTTP 204'],
    ['/html', 'answer_not_json', 'is not JSON (content-type text/html, 20 bytes)'],
    ['/not-json', 'answer_not_json', 'is not JSON (content-type application/json, 9 bytes)'],
    ['/invalid-utf8', 'answer_not_json', 'is not UTF-8'],
    ['/redirect', 'ai_redirect', 'HTTP 302, to /echo'],
    ['/status/304', 'ai_redirect', 'HTTP 304, no location given'],
    ['/status/400', 'ai_client_error', 'HTTP 400: stub status 400'],
    ['/status/401', 'ai_client_error', 'Check the key in ai_service_headers'],
    ['/status/404', 'ai_client_error', 'Check the endpoint'],
    ['/status/451', 'ai_client_error', 'HTTP 451'],
  ])('%s is refused as %s', async (endpoint, code, words) => {
    const result = await client.call(callTo(endpoint));

    expect(result.kind).toBe('refused');
    expect(errorOf(result)).toEqual({ code, message: expect.stringContaining(words) });
  });

  it('blank text is an empty answer', async () => {
    stub.behave('/blank', behaviours.raw(' \n', { headers: { 'content-type': 'text/plain' } }));

    expect(errorOf(await client.call(callTo('/blank'))).code).toBe('answer_empty');
  });

  it('a compressed answer is refused, and says why', async () => {
    const body = gzipSync('{"text":"hello"}');
    stub.behave('/gzip', behaviours.raw(body, { headers: { 'content-encoding': 'gzip' } }));

    expect(errorOf(await client.call(callTo('/gzip')))).toEqual({
      code: 'answer_not_json',
      message: expect.stringContaining('compressed (content-encoding gzip)'),
    });
  });

  it('never quotes an answer that is not JSON: it may hold what a player said', async () => {
    stub.behave('/told', behaviours.raw('my secret is 1234'));

    expect(errorOf(await client.call(callTo('/told'))).message).not.toContain('secret');
  });

  it('a 200 that says success: false is answer_refused', async () => {
    stub.behave('/failed', behaviours.json({ success: false, error: { message: 'model not loaded' } }));

    const result = await client.call(callTo('/failed'));

    expect(result.kind).toBe('refused');
    expect(errorOf(result)).toEqual({
      code: 'answer_refused',
      message: 'The AI service reports a failure in its answer to POST /failed and says: model not loaded.',
    });
  });

  it('redirects are not followed, and only the path of the location is told', async () => {
    stub.behave('/moved', behaviours.redirect('https://user:pw@example.org/new/place?key=secret#x', 308));

    const error = errorOf(await client.call(callTo('/moved')));

    expect(error.message).toContain('(HTTP 308, to /new/place)');
    expect(error.message).not.toMatch(/secret|pw|example/);
    expect(stub.calls).toHaveLength(1);
  });
});

describe('trouble worth another attempt', () => {
  it.each([
    [408, false],
    [425, false],
    [500, false],
    [501, false],
    [502, true],
    [503, true],
    [504, true],
    [599, false],
  ])('HTTP %i is ai_server_error, service down: %s', async (status, isServiceDown) => {
    const result = await client.call(callTo(`/status/${status}`));

    expect(result).toEqual({
      kind: 'trouble',
      error: {
        code: 'ai_server_error',
        message: `The AI service failed with HTTP ${status} on POST /status/${status}: stub status ${status}. Its own log tells why.`,
      },
      isServiceDown,
      retryAfterMs: null,
    });
  });

  it.each([
    [{ error: { message: 'out of\u0000 memory\n\u001b[31m' } }, 'out of  memory [31m'],
    [{ error: 'queue is full' }, 'queue is full'],
    [{ detail: 'busy' }, 'busy'],
    [{ detail: 'z'.repeat(500) }, 'z'.repeat(200)],
  ])('the error body %j is told in one clean line', async (body, words) => {
    stub.behave('/told', behaviours.status(500, { body }));

    const { message } = errorOf(await client.call(callTo('/told')));

    expect(message).toBe(
      `The AI service failed with HTTP 500 on POST /told: ${words}. Its own log tells why.`,
    );
  });

  it.each([{ detail: [{ input: 'what a player said' }] }, 'what a player said', [1], null])(
    'the error body %j is not told',
    async (body) => {
      stub.behave('/untold', behaviours.raw(JSON.stringify(body), { status: 422 }));

      expect(errorOf(await client.call(callTo('/untold'))).message).toMatch(/with HTTP 422\. Check/);
    },
  );

  it('Retry-After comes with 503 and 429', async () => {
    expect(await client.call(callTo('/status/503?retry-after=3'))).toMatchObject({ retryAfterMs: 3000 });
    expect(await client.call(callTo('/status/429?retry-after=1'))).toEqual({
      kind: 'rate_limited',
      error: {
        code: 'ai_rate_limited',
        message: expect.stringContaining('HTTP 429 to POST /status/429: stub status'),
      },
      retryAfterMs: 1000,
    });
  });

  it('a Retry-After date is compared with the Date of the response', async () => {
    const headers = { date: 'Sun, 06 Nov 1994 08:49:30 GMT', 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' };
    stub.behave('/later', behaviours.json({}, { status: 429, headers }));

    expect(await client.call(callTo('/later'))).toMatchObject({ kind: 'rate_limited', retryAfterMs: 7000 });
  });

  it.each([
    ['/reset-before-headers', 'ai_unreachable', 'it hung up before it answered'],
    ['/reset-in-headers', 'ai_unreachable', 'it hung up before it answered'],
    ['/not-http', 'ai_unreachable', 'is not HTTP/1.1'],
    ['/reset-in-body', 'answer_cut', 'broke off after 8 bytes'],
    ['/close-in-body', 'answer_cut', 'broke off after 8 bytes'],
    ['/too-long-length', 'answer_cut', 'broke off after 16 bytes'],
  ])('%s is %s', async (endpoint, code, words) => {
    const result = await client.call(callTo(endpoint));

    expect(result).toMatchObject({ kind: 'trouble', isServiceDown: true, retryAfterMs: null });
    expect(errorOf(result)).toEqual({ code, message: expect.stringContaining(words) });
  });

  it.each([
    [503, 'ai_server_error'],
    [404, 'ai_client_error'],
  ])('an error response that breaks off still counts by its status, %i', async (status, code) => {
    stub.behave(
      '/broken-error',
      behaviours.cut(`HTTP/1.1 ${status} Oh\r\ncontent-length: 90\r\n\r\n{"detail":`),
    );

    expect(errorOf(await client.call(callTo('/broken-error'))).code).toBe(code);
  });

  it('headers without an end are ai_unreachable', async () => {
    stub.behave('/headers', behaviours.raw('{}', { headers: { 'x-long': 'h'.repeat(20_000) } }));

    expect(errorOf(await client.call(callTo('/headers'))).message).toContain(
      'response headers are over 16 KiB',
    );
  });

  it('a service that is not there is ai_unreachable, and the message names it', async () => {
    const url = stub.url;
    await stub.goDown();

    const result = await client.call(callTo('/echo'));
    await stub.comeBack();

    expect(result).toEqual({
      kind: 'trouble',
      error: {
        code: 'ai_unreachable',
        message: `The AI service at ${url} cannot be reached (nothing listens there; ECONNREFUSED). Check that it runs and that ai_service_base_url is right.`,
      },
      isServiceDown: true,
      retryAfterMs: null,
    });
  });

  it.each(['https://127.0.0.1:PORT', 'http://no-such-host.invalid:8000'])(
    '%s is ai_unreachable',
    async (url) => {
      const lost = clientFor(url.replace('PORT', String(stub.port)));

      const result = await lost.call(callTo('/echo'));
      await lost.close();

      expect(result).toMatchObject({
        kind: 'trouble',
        isServiceDown: true,
        error: { code: 'ai_unreachable' },
      });
    },
  );
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
    const result = await client.call(callTo(endpoint));

    expect(result).toMatchObject({ kind: 'refused', error: { code: 'bad_endpoint' } });
    expect(stub.calls).toHaveLength(0);
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
    const result = await client.call(callTo('/echo', { headers }));

    expect(result).toMatchObject({ kind: 'refused', error: { code: 'bad_argument' } });
    expect(stub.calls).toHaveLength(0);
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
    expect(() => clientFor(stub.url, { headers: { Authorization: 'Bearer\nsecret' } })).toThrow(
      /"Authorization"/,
    );
    expect(() => clientFor(stub.url, { headers: { Authorization: 'Bearer\nsecret' } })).not.toThrow(/secret/);
  });
});
