import { getEventListeners } from 'node:events';
import { beforeEach, expect, it } from 'vitest';
import { onceAborted } from './aborted.ts';

let abort: AbortController;
let told: string[];
beforeEach(() => {
  abort = new AbortController();
  told = [];
});

const tell = (name: string) => onceAborted(abort.signal, () => told.push(name));
const listeners = () => getEventListeners(abort.signal, 'abort').length;

it('tells each who still listens, once, and listens no more', () => {
  tell('first');
  const leave = tell('second');
  tell('third');
  leave();
  abort.abort();

  expect(told).toEqual(['first', 'third']);
  expect(listeners()).toBe(0);
});

it('listens once for all, and not at all when the last has left, also when one leaves twice', () => {
  const leaves = ['first', 'second'].map(tell);
  expect(listeners()).toBe(1);
  leaves[0]!();
  leaves[0]!();
  expect(listeners()).toBe(1);
  leaves[1]!();
  expect(listeners()).toBe(0);
});

it('listens anew for who comes when all have left, whom a leave of before does not concern', () => {
  const leave = tell('first');
  leave();
  tell('second');
  leave();
  expect(listeners()).toBe(1);
  abort.abort();

  expect(told).toEqual(['second']);
});
