import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type AiStub, callTo, startAiStub } from '../../test/support/ai-stub.ts';
import { startAiStubProcess } from '../../test/support/ai-stub-process.ts';
import { holdAnswers } from '../../test/support/held-answers.ts';
import { type AiClient, createAiClient } from './ai-client.ts';

const SOON = { timeout: 60_000, interval: 10 };

let stub: AiStub;
let client: AiClient;

function clientFor(baseUrl: string, connections: number): AiClient {
  return createAiClient({ baseUrl, headers: {}, maxResponseBytes: 16_384, connections });
}

/** A server that accepts connections and never says a word: with https, the connection never stands. */
async function startSilentServer(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    onTestFinished(() => {
      socket.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return server;
}

beforeAll(async () => {
  stub = await startAiStub();
});
beforeEach(() => {
  stub.clear();
  client = clientFor(stub.url, 1);
});
afterEach(() => client.close());
afterAll(() => stub.close());

describe('connections', () => {
  it('are used again', async () => {
    const before = stub.connectionsMade;

    for (let i = 0; i < 20; i += 1) await client.call(callTo('/echo'));

    expect(stub.connectionsMade - before).toBe(1);
  });

  it.each([
    '/empty',
    '/no-content',
    '/html',
    '/not-json',
    '/invalid-utf8',
    '/redirect',
    '/status/404',
    '/status/429',
    '/status/503',
  ])('are used again after %s', async (endpoint) => {
    const before = stub.connectionsMade;

    await client.call(callTo(endpoint));
    const next = await client.call(callTo('/echo'));

    expect(next.kind).toBe('answer');
    expect(stub.connectionsMade - before).toBe(1);
  });

  it.each([
    '/sized/100000',
    '/chunked/1000000',
    '/reset-before-headers',
    '/reset-in-headers',
    '/reset-in-body',
    '/close-in-body',
    '/too-long-length',
    '/too-short-length',
    '/not-http',
    '/trickle/5',
    '/never',
  ])('are replaced after %s, and the next call works', async (endpoint) => {
    const first = await client.call(callTo(endpoint, { timeoutMs: 100 }));
    const next = await client.call(callTo('/echo'));

    expect(first.kind).not.toBe('answer');
    expect(next.kind).toBe('answer');
  });

  it('are used again after calls that cannot be sent', async () => {
    for (let i = 0; i < 3; i += 1) await client.call(callTo('/echo', { headers: { 'X-Npc': '賢者' } }));
    for (let i = 0; i < 3; i += 1) await client.call(callTo('//echo'));

    expect((await client.call(callTo('/echo'))).kind).toBe('answer');
  });

  it('come back when the service does', async () => {
    await client.call(callTo('/echo'));
    await stub.goDown();
    const whileDown = await client.call(callTo('/echo'));
    await stub.comeBack();
    const after = await client.call(callTo('/echo'));

    expect(whileDown).toMatchObject({ kind: 'trouble', error: { code: 'ai_unreachable' } });
    expect(after.kind).toBe('answer');
  });

  it('that the service closed while they were idle cost no call', async () => {
    for (let i = 0; i < 10; i += 1) {
      await client.call(callTo('/echo'));
      await stub.goDown();
      await stub.comeBack();

      expect((await client.call(callTo('/echo'))).kind).toBe('answer');
    }
  });

  it('more calls than connections all learn that the service is away, and all are answered when it is back', async () => {
    const two = clientFor(stub.url, 2);
    const calls = () => Array.from({ length: 20 }, () => two.call(callTo('/echo')));
    await stub.goDown();
    const down = await Promise.all(calls());
    await stub.comeBack();
    const up = await Promise.all(calls());
    await two.close();

    expect(new Set(down.map((result) => 'error' in result && result.error.code))).toEqual(
      new Set(['ai_unreachable']),
    );
    expect(up.every((result) => result.kind === 'answer')).toBe(true);
  });

  it('are all gone after close', async () => {
    const many = clientFor(stub.url, 16);
    const calls = ['/echo', '/never', '/trickle/5', '/reset-in-body', '/chunked/1000000', '/status/500'];
    const results = Array.from({ length: 24 }, (_, i) =>
      many.call(callTo(calls[i % calls.length]!, { timeoutMs: 200 })),
    );
    await Promise.all(results);

    await many.close();

    await expect.poll(() => stub.connections, SOON).toBe(0);
    await expect.poll(() => stub.inFlight, SOON).toBe(0);
  });

  it('closing ends calls under way, waiting and later as aborted', async () => {
    const underWay = client.call(callTo('/never'));
    const waiting = client.call(callTo('/echo'));
    await expect.poll(() => stub.callsTo('/never').length, SOON).toBe(1);

    await client.close();

    expect(await underWay).toEqual({ kind: 'aborted' });
    expect(await waiting).toEqual({ kind: 'aborted' });
    expect(await client.call(callTo('/echo'))).toEqual({ kind: 'aborted' });
    expect(stub.callsTo('/echo')).toHaveLength(0);
  });
});

describe('200 calls at once', () => {
  it('are all answered, at most one on a connection', async () => {
    const wide = clientFor(stub.url, 64);
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);

    const results = await Promise.all(
      Array.from({ length: 200 }, (_, i) => wide.call(callTo('/echo', { body: `{"n":${i}}` }))),
    );
    await wide.close();
    process.off('warning', onWarning);

    expect(results.map((result) => result.kind === 'answer' && JSON.parse(result.body).echo.n)).toEqual(
      Array.from({ length: 200 }, (_, i) => i),
    );
    expect(stub.peak).toBeLessThanOrEqual(64);
    expect(warnings).toEqual([]);
  });

  it('wait for nothing but their own answer: a slow one holds up nobody', async () => {
    const wide = clientFor(stub.url, 64);
    const held = holdAnswers();
    stub.behave('/held', held.behaviour);
    const slow = wide.call(callTo('/held'));

    const others = await Promise.all(Array.from({ length: 199 }, () => wide.call(callTo('/echo'))));

    expect(others.every(({ kind }) => kind === 'answer')).toBe(true);
    held.release();
    expect((await slow).kind).toBe('answer');
    await wide.close();
  });
});

describe('the deadline', () => {
  it.each([
    ['/never', 250, 'the request was sent, nothing came'],
    // Time for its first bytes, also where everything stands still for a second or two.
    ['/trickle/10', 4_000, /HTTP 200 and \d+ bytes came/],
    ['/delay/60000', 250, 'nothing came'],
  ])('cuts %s after the %i milliseconds that were given', async (endpoint, timeoutMs, stage) => {
    // On a connection that stands, a call is sent before any timer can come.
    await client.call(callTo('/echo'));
    const startMs = performance.now();

    const result = await client.call(callTo(endpoint, { timeoutMs }));
    const tookMs = performance.now() - startMs;

    expect(result).toMatchObject({
      kind: 'trouble',
      // It is there, and slow.
      isServiceDown: false,
      hasReachedNobody: false,
      error: { code: 'attempt_timeout' },
    });
    expect('error' in result && result.error.message).toMatch(stage);
    expect('error' in result && result.error.message).toContain(`within ${timeoutMs} ms`);
    // A Node timer may fire one millisecond early.
    expect(tookMs).toBeGreaterThanOrEqual(timeoutMs - 2);
    await expect.poll(() => stub.inFlight, SOON).toBe(0);
  });

  it('holds while connecting', async () => {
    const silent = await startSilentServer();
    const stuck = clientFor(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`, 1);

    const result = await stuck.call(callTo('/echo', { timeoutMs: 250 }));
    await stuck.close();

    expect(result).toMatchObject({
      kind: 'trouble',
      isServiceDown: true,
      hasReachedNobody: true,
      error: { code: 'attempt_timeout' },
    });
    expect('error' in result && result.error.message).toContain('no connection yet');
  });

  it('is over, or asked whether it may begin, before anything is sent: also where no timer has come yet', async () => {
    let asked = 0;
    const refused = await client.call(callTo('/echo', { mayBegin: () => ++asked > 1 }));
    const allowed = await client.call(callTo('/echo', { mayBegin: () => ++asked > 1 }));

    expect([refused.kind, allowed.kind, asked, stub.calls.length]).toEqual(['aborted', 'answer', 2, 1]);
  });

  it('holds while waiting for a free connection, and what was cut there is never sent', async () => {
    const first = client.call(callTo('/delay/300'));
    const second = await client.call(callTo('/echo?second', { timeoutMs: 50 }));

    expect(second).toMatchObject({ kind: 'trouble', error: { code: 'attempt_timeout' } });
    expect((await first).kind).toBe('answer');
    expect((await client.call(callTo('/echo?third'))).kind).toBe('answer');
    expect(stub.calls.map((call) => call.path)).toEqual(['/delay/300', '/echo?third']);
  });

  it('may be longer than a timer of Node can be', async () => {
    expect((await client.call(callTo('/delay/20', { timeoutMs: 31_536_000_000 }))).kind).toBe('answer');
  });
});

describe('an abort', () => {
  it('before the call sends nothing', async () => {
    const result = await client.call(callTo('/echo', { signal: AbortSignal.abort() }));

    expect(result).toEqual({ kind: 'aborted' });
    expect(stub.calls).toHaveLength(0);
  });

  it('while connecting ends the call at once', async () => {
    const silent = await startSilentServer();
    const stuck = clientFor(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`, 1);
    const abort = new AbortController();
    const result = stuck.call(callTo('/echo', { signal: abort.signal }));
    await once(silent, 'connection');

    abort.abort();

    expect(await result).toEqual({ kind: 'aborted' });
    await stuck.close();
  });

  it('while waiting for headers cuts the connection', async () => {
    const abort = new AbortController();
    const result = client.call(callTo('/never', { signal: abort.signal }));
    await expect.poll(() => stub.inFlight, SOON).toBe(1);

    abort.abort();

    expect(await result).toEqual({ kind: 'aborted' });
    await expect.poll(() => stub.inFlight, SOON).toBe(0);
    expect((await client.call(callTo('/echo'))).kind).toBe('answer');
    expect(stub.calls.map((call) => call.path)).toEqual(['/never', '/echo']);
  });

  it('in the middle of the body cuts the connection', async () => {
    const abort = new AbortController();
    let bytesSent = 0;
    stub.behave('/slow-body', (_call, response) => {
      response.writeHead(200);
      response.write('{"text":', () => {
        bytesSent = 8;
      });
    });
    const result = client.call(callTo('/slow-body', { signal: abort.signal }));
    await expect.poll(() => bytesSent, SOON).toBe(8);

    abort.abort();

    expect(await result).toEqual({ kind: 'aborted' });
    await expect.poll(() => stub.inFlight, SOON).toBe(0);
    expect((await client.call(callTo('/echo'))).kind).toBe('answer');
    expect(stub.calls.map((call) => call.path)).toEqual(['/slow-body', '/echo']);
  });

  it('after the answer changes nothing', async () => {
    const abort = new AbortController();
    const result = await client.call(callTo('/echo', { signal: abort.signal }));
    const before = stub.connectionsMade;

    abort.abort();

    expect(result.kind).toBe('answer');
    await client.call(callTo('/echo'));
    expect(stub.connectionsMade).toBe(before);
  });
});

describe('the stub as a process', () => {
  it('answers, and ends with its input', async () => {
    const process = await startAiStubProcess();
    const far = clientFor(process.url, 4);

    const result = await far.call(callTo('/api/v1/npc/dialogue'));
    await far.close();
    await process.stop();

    expect(result).toMatchObject({ kind: 'answer', body: expect.stringContaining('"text"') });
  });
});
