import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { clientFor, errorOf, useAiClient } from '../../test/support/ai-client.ts';
import { behaviours, callTo } from '../../test/support/ai-stub.ts';

const ai = useAiClient();

describe('no answer', () => {
  it.each([
    ['/empty', 'answer_empty', 'HTTP 200 and nothing in it'],
    ['/no-content', 'answer_empty', 'HTTP 204'],
    ['/html', 'answer_not_json', 'is not JSON (content-type text/html, 20 bytes)'],
    ['/not-json', 'answer_not_json', 'is not JSON (content-type application/json, 9 bytes)'],
    ['/invalid-utf8', 'answer_not_json', 'is not UTF-8'],
    ['/redirect', 'ai_redirect', 'HTTP 302, from '],
    ['/status/304', 'ai_redirect', 'HTTP 304, no location given'],
    ['/status/400', 'ai_client_error', 'HTTP 400: stub status 400'],
    ['/status/401', 'ai_client_error', 'Check the key in ai_service_headers'],
    ['/status/404', 'ai_client_error', 'Check the endpoint'],
    ['/status/451', 'ai_client_error', 'HTTP 451'],
  ])('%s is refused as %s', async (endpoint, code, words) => {
    const result = await ai.client.call(callTo(endpoint));

    expect(result.kind).toBe('refused');
    expect(errorOf(result)).toEqual({ code, message: expect.stringContaining(words) });
  });

  it('blank text is an empty answer', async () => {
    ai.stub.behave('/blank', behaviours.raw(' \n', { headers: { 'content-type': 'text/plain' } }));

    expect(errorOf(await ai.client.call(callTo('/blank'))).code).toBe('answer_empty');
  });

  it('a compressed answer is refused, and says why', async () => {
    const body = gzipSync('{"text":"hello"}');
    ai.stub.behave('/gzip', behaviours.raw(body, { headers: { 'content-encoding': 'gzip' } }));

    expect(errorOf(await ai.client.call(callTo('/gzip')))).toEqual({
      code: 'answer_not_json',
      message: expect.stringContaining('compressed (content-encoding gzip)'),
    });
  });

  it('never quotes an answer that is not JSON: it may hold what a player said', async () => {
    ai.stub.behave('/told', behaviours.raw('my secret is 1234'));

    expect(errorOf(await ai.client.call(callTo('/told'))).message).not.toContain('secret');
  });

  it('a 200 that says success: false is answer_refused', async () => {
    ai.stub.behave('/failed', behaviours.json({ success: false, error: { message: 'model not loaded' } }));

    const result = await ai.client.call(callTo('/failed'));

    expect(result.kind).toBe('refused');
    expect(errorOf(result)).toEqual({
      code: 'answer_refused',
      message: 'The AI service reports a failure in its answer to POST /failed and says: model not loaded.',
    });
  });

  it('redirects are not followed, and of the location neither login nor query is told', async () => {
    ai.stub.behave('/moved', behaviours.redirect('https://user:pw@example.org/new/place?key=secret#x', 308));

    const error = errorOf(await ai.client.call(callTo('/moved')));

    expect(error.message).toContain('to https://example.org/new/place)');
    expect(error.message).not.toMatch(/secret|pw|user/);
    expect(ai.stub.calls).toHaveLength(1);
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
    const result = await ai.client.call(callTo(`/status/${status}`));

    expect(result).toEqual({
      kind: 'trouble',
      error: {
        code: 'ai_server_error',
        message: `The AI service failed with HTTP ${status} on POST /status/${status}: stub status ${status}. Its own log tells why.`,
      },
      isServiceDown,
      hasReachedNobody: false,
      retryAfterMs: null,
    });
  });

  it.each([
    [{ error: { message: 'out of\u0000 memory\n\u001b[31m' } }, 'out of  memory [31m'],
    [{ error: 'queue is full' }, 'queue is full'],
    [{ detail: 'busy' }, 'busy'],
    [{ detail: 'z'.repeat(500) }, 'z'.repeat(200)],
  ])('the error body %j is told in one clean line', async (body, words) => {
    ai.stub.behave('/told', behaviours.status(500, { body }));

    const { message } = errorOf(await ai.client.call(callTo('/told')));

    expect(message).toBe(
      `The AI service failed with HTTP 500 on POST /told: ${words}. Its own log tells why.`,
    );
  });

  it.each([{ detail: [{ input: 'what a player said' }] }, 'what a player said', [1], null])(
    'the error body %j is not told',
    async (body) => {
      ai.stub.behave('/untold', behaviours.raw(JSON.stringify(body), { status: 422 }));

      expect(errorOf(await ai.client.call(callTo('/untold'))).message).toMatch(/with HTTP 422\. Check/);
    },
  );

  it('Retry-After comes with 503 and 429', async () => {
    expect(await ai.client.call(callTo('/status/503?retry-after=3'))).toMatchObject({ retryAfterMs: 3000 });
    expect(await ai.client.call(callTo('/status/429?retry-after=1'))).toEqual({
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
    ai.stub.behave('/later', behaviours.json({}, { status: 429, headers }));

    expect(await ai.client.call(callTo('/later'))).toMatchObject({
      kind: 'rate_limited',
      retryAfterMs: 7000,
    });
  });

  it.each([
    ['/reset-before-headers', 'ai_unreachable', 'it hung up before it answered'],
    ['/reset-in-headers', 'ai_unreachable', 'it hung up before it answered'],
    ['/not-http', 'ai_unreachable', 'is not HTTP/1.1'],
    ['/reset-in-body', 'answer_cut', 'broke off after 8 bytes'],
    ['/close-in-body', 'answer_cut', 'broke off after 8 bytes'],
    ['/too-long-length', 'answer_cut', 'broke off after 16 bytes'],
  ])('%s is %s', async (endpoint, code, words) => {
    const result = await ai.client.call(callTo(endpoint));

    expect(result).toMatchObject({ kind: 'trouble', isServiceDown: true, retryAfterMs: null });
    expect(errorOf(result)).toEqual({ code, message: expect.stringContaining(words) });
  });

  it.each([
    [503, 'ai_server_error'],
    [404, 'ai_client_error'],
  ])('an error response that breaks off still counts by its status, %i', async (status, code) => {
    ai.stub.behave(
      '/broken-error',
      behaviours.cut(`HTTP/1.1 ${status} Oh\r\ncontent-length: 90\r\n\r\n{"detail":`),
    );

    expect(errorOf(await ai.client.call(callTo('/broken-error'))).code).toBe(code);
  });

  it('headers without an end are ai_unreachable', async () => {
    ai.stub.behave('/headers', behaviours.raw('{}', { headers: { 'x-long': 'h'.repeat(20_000) } }));

    expect(errorOf(await ai.client.call(callTo('/headers'))).message).toContain(
      'response headers are over 16 KiB',
    );
  });

  it('a service that is not there is ai_unreachable, and the message names it', async () => {
    const url = ai.stub.url;
    await ai.stub.goDown();

    const result = await ai.client.call(callTo('/echo'));
    await ai.stub.comeBack();

    expect(result).toEqual({
      kind: 'trouble',
      error: {
        code: 'ai_unreachable',
        message: `The AI service at ${url} cannot be reached (nothing listens there; ECONNREFUSED). Check that it runs and that ai_service_base_url is right.`,
      },
      isServiceDown: true,
      hasReachedNobody: true,
      retryAfterMs: null,
    });
  });

  it.each(['https://STUB', 'http://no-such-host.invalid:8000'])('%s is ai_unreachable', async (url) => {
    const lost = clientFor(url.replace('STUB', new URL(ai.stub.url).host));

    const result = await lost.call(callTo('/echo'));
    await lost.close();

    expect(result).toMatchObject({
      kind: 'trouble',
      isServiceDown: true,
      hasReachedNobody: true,
      error: { code: 'ai_unreachable' },
    });
  });
});
