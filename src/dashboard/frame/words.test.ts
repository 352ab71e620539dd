import { describe, expect, it } from 'vitest';
import { countWith, partOf, rateOf, shortened, spanOfMs } from './words.ts';

describe('figures as people read them', () => {
  it.each([
    [0, '0 ms'],
    [3.14, '3.1 ms'],
    [999, '999 ms'],
    [1_400, '1.4 s'],
    [90_000, '90 s'],
    [600_000, '10 min'],
    [7_200_000, '2 h'],
    [400_000_000, '5 days'],
    [-5, '0 ms'],
  ])('%d ms are %s', (ms, words) => {
    expect(spanOfMs(ms)).toBe(words);
  });

  it.each([
    [0, '0'],
    [0.042, '0.04'],
    [7.25, '7.3'],
    [1_234.5, '1,235'],
  ])('%d a second is %s', (rate, words) => {
    expect(rateOf(rate)).toBe(words);
  });

  it.each([
    [0, 0, '–'],
    [1, 3, '33.3 %'],
    [99_999, 100_000, '99.9 %'],
    [7, 7, '100 %'],
  ])('%d of %d are %s: all is said of all alone', (part, all, words) => {
    expect(partOf(part, all)).toBe(words);
  });

  it('one is no plural, and a long text ends in an ellipsis', () => {
    expect([countWith(1, 'request'), countWith(12_345, 'request')]).toEqual(['1 request', '12,345 requests']);
    expect([shortened('abcdef', 4), shortened('abcd', 4)]).toEqual(['abc…', 'abcd']);
  });
});
