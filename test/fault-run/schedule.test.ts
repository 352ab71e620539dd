import { expect, it } from 'vitest';
import { schedule } from './schedule.ts';

const KINDS = ['a', 'b', 'c', 'd', 'e', 'f'];

function first(count: number, seed: number) {
  const planned = schedule(KINDS, seed);
  return Array.from({ length: count }, () => planned.next().value);
}

it('the same seed gives the same faults in the same order, and another one others', () => {
  expect(first(30, 7)).toEqual(first(30, 7));
  expect(first(30, 7)).not.toEqual(first(30, 8));
});

it('each kind comes once before any comes twice', () => {
  const kinds = first(18, 7).map(({ kind }) => kind);

  for (const from of [0, 6, 12]) expect(kinds.slice(from, from + 6).sort()).toEqual(KINDS);
});
