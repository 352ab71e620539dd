import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

const TRIES = [1, 2, 3, 4, 5, 6];

describe('backoffMs', () => {
  it('doubles the first pause with each further try, up to the longest', () => {
    expect(TRIES.map((tries) => backoffMs({ firstMs: 50, longestMs: 1_000 }, tries))).toEqual([
      50, 100, 200, 400, 800, 1_000,
    ]);
  });

  it('grows by another factor where one is given', () => {
    expect(TRIES.map((tries) => backoffMs({ firstMs: 2, longestMs: 10, factor: 1.5 }, tries))).toEqual([
      2, 3, 4.5, 6.75, 10, 10,
    ]);
  });

  it('is the longest after any number of tries', () => {
    expect(backoffMs({ firstMs: 250, longestMs: 10_000 }, 1e9)).toBe(10_000);
  });

  it('is never longer than the longest, not even the first time', () => {
    expect(backoffMs({ firstMs: 2, longestMs: 1 }, 1)).toBe(1);
  });
});
