import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newRequest } from '../../test/support/new-request.ts';
import type { NewRequest } from './request.ts';
import {
  checkRequest,
  clampAgeSeconds,
  clampPriority,
  dataError,
  endpointError,
  typeError,
} from './request-rules.ts';

const request = (changes: Partial<NewRequest> = {}) => newRequest({ data: '{}', ...changes });

describe('an endpoint', () => {
  it.each([
    '/',
    '/api/v1/npc/dialogue',
    '/a?b=c&d=%20%2B',
    '/a?url=http:/x',
    '/a.b/c-d_e~f',
    "/a!$&'()*+,;=:@[]",
    '/%61%2',
    `/${'a'.repeat(254)}`,
  ])('%j is good', (endpoint) => {
    expect(endpointError(endpoint)).toBeUndefined();
  });

  it.each([
    ['', 'does not begin with /'],
    ['api/v1', 'does not begin with /'],
    ['http://evil.example/', 'does not begin with /'],
    [' /a', 'does not begin with /'],
    ['//evil.example/', 'contains //'],
    ['/a//b', 'contains //'],
    ['/..', 'contains ..'],
    ['/a/../b', 'contains ..'],
    ['/a?b=../c', 'contains ..'],
    ['/a#b', 'contains #'],
    ['/a\\b', 'contains \\'],
    ['/a/%2e%2e/b', 'contains %2e'],
    ['/a/%2E%2E/b', 'contains %2e'],
    ['/a%2fb', 'contains %2f'],
    ['/a%2Fb', 'contains %2f'],
    ['/a%5cb', 'contains %5c'],
    ['/a%5Cb', 'contains %5c'],
    ['/a b', 'outside visible ASCII'],
    ['/a\tb', 'outside visible ASCII'],
    ['/a\r\nHost: evil.example', 'outside visible ASCII'],
    ['/a\u0000', 'outside visible ASCII'],
    ['/a\u007f', 'outside visible ASCII'],
    ['/süß', 'outside visible ASCII'],
    [`/${'a'.repeat(255)}`, 'more than 255 bytes'],
    [`/${'ü'.repeat(128)}`, 'more than 255 bytes'],
  ])('%j is bad: it %s', (endpoint, reason) => {
    expect(endpointError(endpoint)).toEqual({
      code: 'bad_endpoint',
      message: expect.stringContaining(`${reason}`),
    });
  });

  it('a message never holds more than the beginning of it', () => {
    expect(endpointError('x'.repeat(10_000))!.message.length).toBeLessThan(300);
  });

  it('whatever is good is a path of the configured service and nothing else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webPath(),
          fc.string(),
          fc.string().map((text) => `/${text}`),
        ),
        (endpoint) => {
          if (endpointError(endpoint) !== undefined) return;
          const url = new URL(`http://service.example/base${endpoint}`);
          expect(url.host).toBe('service.example');
          expect(url.pathname.startsWith('/base/')).toBe(true);
          expect(url.hash).toBe('');
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('data', () => {
  it.each(['{}', '[]', '"text"', '7', 'null', ' {"a": "ü😀"} '])('%j is good', (data) => {
    expect(dataError(data)).toBeUndefined();
  });

  it.each(['', ' ', 'hello', "{'a':1}", '{"a":1,}', '{"message":"un"escaped"}', '{"a":"line\nend"}', '{}{}'])(
    '%j is no JSON',
    (data) => {
      expect(dataError(data)).toMatchObject({ code: 'bad_json' });
    },
  );

  it('its limit of 65,535 is in UTF-8 bytes', () => {
    expect(dataError(`"${'x'.repeat(65_533)}"`)).toBeUndefined();
    expect(dataError(`"${'x'.repeat(65_534)}"`)).toMatchObject({ code: 'data_too_large' });
    // 16,383 times four bytes, one more and two quotes.
    expect(dataError(`"${'😀'.repeat(16_383)}x"`)).toBeUndefined();
    expect(dataError(`"${'😀'.repeat(16_384)}"`)).toMatchObject({
      code: 'data_too_large',
      message: expect.stringContaining('65538 bytes'),
    });
  });
});

describe('a type', () => {
  it.each(['a', 'http_get', 'x'.repeat(50), 'ü'.repeat(25)])('%j is good', (type) => {
    expect(typeError(type)).toBeUndefined();
  });

  it.each(['', 'x'.repeat(51), `${'ü'.repeat(25)}x`])('%j is bad', (type) => {
    expect(typeError(type)).toMatchObject({ code: 'bad_type' });
  });
});

it.each([undefined, null, 5, {}])(
  '%j, which JavaScript may hand over, is neither type nor endpoint',
  (value) => {
    expect(typeError(value)).toMatchObject({ code: 'bad_type' });
    expect(endpointError(value)).toMatchObject({ code: 'bad_endpoint' });
  },
);

describe('checkRequest', () => {
  it.each([
    [{ type: '' }, 'bad_type'],
    [{ endpoint: 'x' }, 'bad_endpoint'],
    [{ data: '{' }, 'bad_json'],
    [{ priority: Number.NaN }, 'bad_argument'],
    [{ timeoutSeconds: Number.NaN }, 'bad_argument'],
  ])('%o is refused: %s', (changes, code) => {
    expect(() => checkRequest(request(changes))).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    [{ priority: 0 }, { priority: 1 }],
    [{ priority: -7 }, { priority: 1 }],
    [{ priority: 11 }, { priority: 10 }],
    [{ priority: 2.9 }, { priority: 2 }],
    [{ priority: Number.POSITIVE_INFINITY }, { priority: 10 }],
    [{ timeoutSeconds: 0 }, { timeoutSeconds: 1 }],
    [{ timeoutSeconds: 4_294_967_295 }, { timeoutSeconds: 31_536_000 }],
    [{ sourceNpc: 'x'.repeat(101) }, { sourceNpc: 'x'.repeat(100) }],
    [{ sourceMap: 'x'.repeat(31) }, { sourceMap: 'x'.repeat(30) }],
    [{ data: null }, { data: null }],
  ])('%o is mended to %o', (changes, mended) => {
    expect(checkRequest(request(changes))).toEqual(request(mended));
  });

  it('a name is cut by characters, as the column counts them', () => {
    const mended = checkRequest(request({ sourceNpc: `x${'😀'.repeat(100)}` }));
    expect(mended.sourceNpc).toBe(`x${'😀'.repeat(99)}`);
  });
});

it('priorities and ages are clamped', () => {
  expect([0, 1, 10, 11].map(clampPriority)).toEqual([1, 1, 10, 10]);
  expect([0, 59, 60, 3_600, 2_592_000, 2_592_001].map(clampAgeSeconds)).toEqual([
    60, 60, 60, 3_600, 2_592_000, 2_592_000,
  ]);
});
