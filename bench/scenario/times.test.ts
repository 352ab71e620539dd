import { describe, expect, it } from 'vitest';
import { partOf } from '../offer.ts';
import { timesFrom } from './times.ts';

describe('timesFrom', () => {
  it('finds the times that a list of all of them would give', () => {
    const all = Array.from({ length: 1_000 }, (_, at) => Math.floor(at ** 2 / 7_919));
    const counts = [...new Set(all)].map((ms) => ({ ms, count: all.filter((one) => one === ms).length }));
    expect(timesFrom(counts)).toEqual({
      p50: partOf(all, 0.5),
      p95: partOf(all, 0.95),
      p99: partOf(all, 0.99),
      longest: partOf(all, 1),
    });
  });

  it('finds the longest of a few', () => {
    const counts = [
      { ms: 3, count: 99 },
      { ms: 70, count: 1 },
    ];
    expect(timesFrom(counts)).toEqual({ p50: 3, p95: 3, p99: 3, longest: 70 });
  });

  it('knows no time of nothing', () => {
    expect(timesFrom([])).toEqual({ p50: Number.NaN, p95: Number.NaN, p99: Number.NaN, longest: Number.NaN });
  });
});
