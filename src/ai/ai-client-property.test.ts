import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type AiStub, callTo, startAiStub } from '../../test/support/ai-stub.ts';
import { type AiClient, createAiClient } from './ai-client.ts';

const PREFIX = '/ai/v1';

let stub: AiStub;
let elsewhere: AiStub;
let client: AiClient;

beforeAll(async () => {
  stub = await startAiStub();
  elsewhere = await startAiStub();
  client = createAiClient({
    baseUrl: stub.url + PREFIX,
    headers: {},
    maxResponseBytes: 16_384,
    connections: 8,
  });
});
afterEach(() => stub.clear());
afterAll(async () => {
  await client.close();
  await stub.close();
  await elsewhere.close();
});

/** Strings of every kind, and those that a URL parser would read as another place. */
function endpoints(): fc.Arbitrary<string> {
  const other = new URL(elsewhere.url).host;
  const piece = fc.oneof(
    fc.constantFrom(
      '/',
      '//',
      '.',
      '..',
      '@',
      ':',
      '?',
      '#',
      '\\',
      '%2e',
      '%2F',
      '%00',
      ' ',
      '\r\n',
      '\0',
      other,
    ),
    fc.constantFrom(
      `http://${other}/`,
      `//${other}/`,
      `HTTP/1.1\r\nHost: ${other}\r\n\r\n`,
      'ü',
      '\ud800',
      '😀',
    ),
    fc.string(),
    fc.webPath(),
  );
  const joined = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
  return fc.oneof(
    joined,
    joined.map((text) => `/${text}`),
    fc.string({ unit: 'binary' }),
  );
}

it('no endpoint makes a call reject, reach another host or leave the base path', async () => {
  await fc.assert(
    fc.asyncProperty(endpoints(), async (endpoint) => {
      stub.clear();
      const result = await client.call(callTo(endpoint));

      expect(['answer', 'refused']).toContain(result.kind);
      const paths = stub.calls.map((call) => call.path);
      expect(paths).toEqual(result.kind === 'answer' ? [PREFIX + endpoint] : []);
      for (const path of paths) {
        const resolved = new URL(path, stub.url);
        expect(resolved.host).toBe(new URL(stub.url).host);
        expect(resolved.pathname.startsWith(`${PREFIX}/`)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
  expect(elsewhere.connectionsMade).toBe(0);
});

it('no header makes a call reject, or puts anything else than itself on the wire', async () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'host',
      'Connection',
      'content-length',
      'transfer-encoding',
      '__proto__',
      'close',
      '\r\nX-In: 1',
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(text, text, { maxKeys: 4 }), async (headers) => {
      stub.clear();
      const result = await client.call(callTo('/echo', { headers }));

      expect(['answer', 'refused']).toContain(result.kind);
      expect(stub.calls).toHaveLength(result.kind === 'answer' ? 1 : 0);
      if (!Object.keys(headers).some((name) => name.toLowerCase() === 'x-in')) {
        expect(stub.calls[0]?.headers['x-in']).toBeUndefined();
      }
      const { host } = new URL(stub.url);
      expect(stub.calls[0]?.headers.host ?? host).toBe(host);
    }),
    { numRuns: 500 },
  );
  expect(elsewhere.connectionsMade).toBe(0);
});

it('no data and no answer makes a call reject', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary' }),
      fc.uint8Array({ maxLength: 200 }),
      async (data, answer) => {
        stub.behaveAlways((_call, response) => response.end(Buffer.from(answer)));

        const result = await client.call(callTo('/any', { body: data }));

        expect(['answer', 'refused']).toContain(result.kind);
        expect(stub.calls.at(-1)?.body).toBe(Buffer.from(data).toString());
      },
    ),
    { numRuns: 300 },
  );
});
