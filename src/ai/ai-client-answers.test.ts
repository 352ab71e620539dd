import { getEventListeners } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Pool } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clientFor, errorOf, MAX_BYTES, useAiClient } from '../../test/support/ai-client.ts';
import { type Behaviour, behaviours, callTo } from '../../test/support/ai-stub.ts';
import { parseBaseUrl } from './base-url.ts';
import { exchange } from './exchange.ts';

const ai = useAiClient();

async function resultOf(behaviour: Behaviour, changes: Parameters<typeof callTo>[1] = {}) {
  ai.stub.behave('/asked', behaviour);
  return await ai.client.call(callTo('/asked', changes));
}

describe('a response', () => {
  it('with the last status of success is an answer', async () => {
    expect(await resultOf(behaviours.json({ text: 'Hi' }, { status: 299 }))).toMatchObject({
      kind: 'answer',
      status: 299,
    });
  });

  it('that says that it is not encoded is read', async () => {
    const headers = { 'content-encoding': ' Identity ' };
    expect(await resultOf(behaviours.json({ text: 'Hi' }, { headers }))).toMatchObject({ kind: 'answer' });
  });

  it('of plain text in capitals is wrapped', async () => {
    const headers = { 'content-type': 'Text/Plain; charset=utf-8' };
    expect(await resultOf(behaviours.raw('Hi', { headers }))).toMatchObject({ body: '{"text":"Hi"}' });
  });

  it('of plain text that is too large in bytes when it is wrapped is refused', async () => {
    const headers = { 'content-type': 'text/plain' };
    const result = await resultOf(behaviours.raw('é'.repeat(MAX_BYTES / 2), { headers }));
    expect(errorOf(result).code).toBe('answer_too_large');
  });

  it('that announces too many bytes is refused before they come', async () => {
    const result = await resultOf((_call, response) => {
      response.writeHead(200, { 'content-length': MAX_BYTES + 1 });
      response.flushHeaders();
    });
    expect(errorOf(result).code).toBe('answer_too_large');
  });

  it('is not what only says that it comes', async () => {
    // On a connection that stands, a call is sent before any timer can come.
    await ai.client.call(callTo('/echo'));
    const result = await resultOf((_call, response) => response.writeProcessing(), { timeoutMs: 300 });
    expect(errorOf(result).message).toContain('the request was sent, nothing came');
  });

  it('with a header twice counts with the first', async () => {
    const result = await resultOf((_call, response) => {
      response.writeHead(429, ['retry-after', '2', 'retry-after', '9']);
      response.end('{}');
    });
    expect(result).toMatchObject({ kind: 'rate_limited', retryAfterMs: 2_000 });
  });

  it('that is an error quotes no words that are encoded, and no dots of its own at the end', async () => {
    const headers = { 'content-encoding': 'br' };
    const encoded = await resultOf(behaviours.json({ detail: 'secret' }, { status: 400, headers }));
    expect(errorOf(encoded).message).not.toContain('secret');

    const dotted = await resultOf(behaviours.json({ detail: 'No such NPC...' }, { status: 400 }));
    expect(errorOf(dotted).message).toContain('HTTP 400: No such NPC. Check');
  });
});

describe('a message about a call', () => {
  it('has no more of a long path or header than 80 characters', async () => {
    const path = `/${'p'.repeat(100)}`;
    ai.stub.behave(path, behaviours.status(400));
    expect(errorOf(await ai.client.call(callTo(path))).message).toContain(`POST /${'p'.repeat(79)}… with`);

    const headers = { [`${'h'.repeat(100)} `]: 'x' };
    const message = errorOf(await ai.client.call(callTo('/echo', { headers }))).message;
    expect(message).toContain(`"${'h'.repeat(80)}"`);
  });
});

describe('a call that has ended', () => {
  it('listens to its signal no more', async () => {
    const { signal } = new AbortController();
    await ai.client.call(callTo('/echo', { signal }));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('as broken may have been thrown out before it was sent', async () => {
    const pool = new Pool(ai.stub.url);
    const { signal } = new AbortController();
    const end = await exchange(
      pool,
      { path: 'no slash', method: 'GET' },
      { timeoutMs: 3_600_000, maxBytes: 1, signal },
    );
    await pool.destroy();
    expect(end).toMatchObject({ kind: 'broken', progress: { isSent: false } });
  });
});

it('a connection that does not stand after 4 s is given up, before a longer deadline', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const client = clientFor(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  onTestFinished(() => void silent.close());
  onTestFinished(() => client.close());

  const result = await client.call(callTo('/echo', { timeoutMs: 9_500 }));

  expect(errorOf(result)).toMatchObject({
    code: 'ai_unreachable',
    message: expect.stringContaining('no connection within 4000 ms'),
  });
});

it.each(['http://user@127.0.0.1', 'http://:secret@127.0.0.1'])('%s is refused as a base URL', (baseUrl) => {
  expect(() => parseBaseUrl(baseUrl)).toThrow(/holds a user or a password/);
});
