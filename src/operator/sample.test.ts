import { expect, it } from 'vitest';
import { idsIn } from './sample.ts';
import { bucketsOf } from './window.ts';

it('of a short range all ids are looked at', () => {
  expect(idsIn({ from: 5, before: 9 })).toEqual([5, 6, 7, 8]);
  expect(idsIn({ from: 5, before: 5 })).toEqual([]);
});

it.each([141, 1_000, 10_000_000])(
  'of %i ids some are looked at, from the first to the last, none twice',
  (spread) => {
    const ids = idsIn({ from: 100, before: 100 + spread });
    expect(ids).toHaveLength(140);
    expect(Math.min(...ids)).toBe(100);
    expect(Math.max(...ids)).toBe(99 + spread);
    if (spread > 1_000) expect(new Set(ids).size).toBe(140);
  },
);

it('buckets begin at whole multiples, cover the window, and the last ends now', () => {
  const nowMs = 1_700_000_012_345;
  const buckets = bucketsOf('1h', nowMs);
  expect(buckets[0]!.fromMs % 120_000).toBe(0);
  expect(nowMs - buckets[0]!.fromMs).toBeGreaterThanOrEqual(3_600_000);
  expect(buckets.at(-1)!.toMs).toBe(nowMs);
  for (const [index, { fromMs }] of buckets.slice(1).entries()) expect(fromMs).toBe(buckets[index]!.toMs);
  expect(bucketsOf('1h', nowMs + 1)[0]).toEqual(buckets[0]);
});
