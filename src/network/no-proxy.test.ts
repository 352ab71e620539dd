import { expect, it } from 'vitest';
import { isLoopback, noProxyMatches } from './no-proxy.ts';

it.each<[string, string, boolean]>([
  ['*', 'https://ai.example', true],
  ['', 'https://ai.example', false],
  ['ai.example', 'https://ai.example', true],
  ['AI.example.', 'https://ai.EXAMPLE./v1', true],
  ['example', 'https://ai.example', true],
  ['.example', 'https://ai.example', true],
  ['*.example', 'https://ai.example', true],
  ['ample', 'https://ai.example', false],
  ['other.example, ai.example', 'https://ai.example', true],
  ['other.example ai.example', 'https://ai.example', true],
  ['ai.example:8000', 'http://ai.example:8000', true],
  ['ai.example:8000', 'http://ai.example', false],
  ['ai.example:80', 'http://ai.example', true],
  ['ai.example:443', 'https://ai.example', true],
  ['10.0.0.0/8', 'http://10.1.2.3:8000', true],
  ['10.0.0.0/8', 'http://11.1.2.3', false],
  ['10.0.0.0/8:8000', 'http://10.1.2.3:8000', true],
  ['10.0.0.0/40', 'http://10.1.2.3', false],
  ['10.0.0.0/8', 'http://10.example', false],
  ['192.0.2.7', 'http://192.0.2.7', true],
  ['2.7', 'http://192.0.2.7', false],
  ['fd00::/8', 'http://[fd12::1]:8000', true],
  ['fd12::1', 'http://[fd12::1]', true],
  ['[fd12::1]:8000', 'http://[fd12::1]:8000', true],
  ['[fd12::1]:8000', 'http://[fd12::1]', false],
])('NO_PROXY=%s and %s: %s', (noProxy, url, matches) => {
  expect(noProxyMatches(noProxy, new URL(url))).toBe(matches);
});

it.each<[string, boolean]>([
  ['http://localhost:8000', true],
  ['http://ai.localhost', true],
  ['http://127.0.0.1', true],
  ['http://127.9.9.9', true],
  ['http://[::1]:8000', true],
  ['http://[::ffff:127.0.0.1]', true],
  ['http://localhost.example', false],
  ['http://128.0.0.1', false],
])('%s is of this machine: %s', (url, isHere) => {
  expect(isLoopback(new URL(url))).toBe(isHere);
});
