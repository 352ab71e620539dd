import { describe, expect, it } from 'vitest';
import { count, duration, moment, percent, rate } from './figures.ts';

describe('figures for people', () => {
  it.each([
    [null, '–'],
    [0, '0 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [1_234, '1.2 s'],
    [59_999, '59.9 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('%s ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it.each([
    [0, '0/s'],
    [0.05, '3.0/min'],
    [12.34, '12.3/s'],
    [1_234.5, '1,235/s'],
  ])('%s a second is %s', (perSecond, text) => {
    expect(rate(perSecond)).toBe(text);
  });

  it.each([
    [null, '–'],
    [1, '100 %'],
    [0.9999, '99.9 %'],
    [0.714, '71.4 %'],
    [0, '0.0 %'],
  ])('a share of %s is %s', (share, text) => {
    expect(percent(share)).toBe(text);
  });

  it('a moment is one of the time zone of this machine', () => {
    const ms = new Date(2026, 0, 25, 12, 3, 4, 56).getTime();
    expect(moment(ms)).toBe('2026-01-25 12:03:04');
    expect(moment(ms, { hasMs: true })).toBe('2026-01-25 12:03:04.056');
    expect(count(1_234_567.4)).toBe('1,234,567');
  });
});
