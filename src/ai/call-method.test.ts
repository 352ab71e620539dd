import { describe, expect, it } from 'vitest';
import { methodOf } from './call-method.ts';

describe('the method', () => {
  it.each(['http_get', 'health_check'])('of %s is GET', (type) => {
    expect(methodOf(type)).toBe('GET');
  });

  it.each(['dialogue', 'decision', 'http_post', 'HTTP_GET', ''])('of %j is POST', (type) => {
    expect(methodOf(type)).toBe('POST');
  });
});
