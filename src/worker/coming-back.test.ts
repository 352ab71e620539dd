import { beforeEach, expect, it } from 'vitest';
import { ComingBack } from './coming-back.ts';

const LATEST = { nowMs: 0, latestMs: 30_000 };

let coming: ComingBack;
beforeEach(() => {
  coming = new ComingBack();
});

const takeMany = (count: number, earliestMs: number, limits = LATEST) =>
  Array.from({ length: count }, () => coming.take(earliestMs, limits));

it('a few come when they would', () => {
  expect([coming.take(1_200, LATEST), coming.take(700, LATEST), coming.take(1_900, LATEST)]).toEqual([
    1_200, 700, 1_900,
  ]);
});

it('of many, a hundred come in each second', () => {
  const times = takeMany(250, 1_500);
  const inSecond = (second: number) => times.filter((ms) => Math.floor(ms / 1_000) === second).length;
  expect([1, 2, 3].map(inSecond)).toEqual([100, 100, 50]);
});

it('nobody comes after his last moment, however many do', () => {
  expect(takeMany(500, 1_000, { nowMs: 0, latestMs: 2_500 }).filter((ms) => ms > 2_500)).toEqual([]);
});

it('a second that is over has room for nothing, and keeps nothing', () => {
  takeMany(100, 1_000);
  expect(coming.take(3_000, { nowMs: 3_000, latestMs: 9_000 })).toBe(3_000);
  expect(coming.take(1_000, { nowMs: 1_000, latestMs: 9_000 })).toBe(1_000);
});
