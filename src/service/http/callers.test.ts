import { describe, expect, it } from 'vitest';
import { createCallerCheck } from './callers.ts';

const check = (headers: Record<string, string>, hasKey = false) =>
  createCallerCheck({ hasKey, hosts: ['AI.example.com'] })({ headers: new Headers(headers) })?.refused;

describe('without a key', () => {
  it.each([
    ...['127.0.0.1:8000', 'localhost:8000', 'LOCALHOST', '[::1]:8000', '192.168.1.5', 'game-host:8000'],
    ...['service.localhost', 'ai.example.com', 'AI.Example.COM:8000'],
  ])('the host %s is answered', (host) => {
    expect(check({ host })).toBeUndefined();
  });

  it.each([
    ...[
      'evil.example',
      'evil.example:8000',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      'evil.example.',
    ],
    ...['ai.example.com.evil.example', 'xai.example.com', 'a b.c', 'localhost.'],
  ])('the host %s is not', (host) => {
    expect(check({ host })).toBe('strange_host');
  });

  it('nor is a page whose name leads here, which is at home there', () => {
    expect(check({ host: 'evil.example:8000', origin: 'http://evil.example:8000' })).toBe('strange_host');
  });

  it('HTTP/1.0 may leave the host out', () => {
    expect(check({})).toBeUndefined();
  });
});

it('with a key any name is answered: a page does not have it', () => {
  expect(check({ host: 'anything.example' }, true)).toBeUndefined();
});

describe('a page', () => {
  it.each([
    ...['https://evil.example', 'null', 'http://127.0.0.1:3000', 'http://localhost:8000', ''],
    'file://',
  ])('of %j is not answered, with a key or without', (origin) => {
    for (const hasKey of [false, true])
      expect(check({ host: '127.0.0.1:8000', origin }, hasKey)).toBe('from_a_page');
  });

  it('of the service itself would be', () => {
    expect(check({ host: '127.0.0.1:8000', origin: 'http://127.0.0.1:8000' })).toBeUndefined();
  });
});
