import { beforeEach, expect, it } from 'vitest';
import { RingLimit } from './ring-limit.ts';

const WINDOW_MS = 100;
const LOOKS_A_WINDOW = 20;

let nowMs: number;
let limit: RingLimit;

beforeEach(() => {
  nowMs = 1_000;
  limit = new RingLimit(() => nowMs);
});

function look(times: number): void {
  for (let n = 0; n < times; n++) limit.countLook();
}

it('there is no pause while the window has looks left', () => {
  look(LOOKS_A_WINDOW - 1);
  expect(limit.pauseMs).toBe(0);
});

it('without any look left the pause lasts to the end of the window, which began with the first', () => {
  look(1);
  nowMs += 30;
  look(LOOKS_A_WINDOW - 1);
  expect(limit.pauseMs).toBe(WINDOW_MS - 30);

  nowMs += WINDOW_MS - 30;
  expect(limit.pauseMs).toBe(0);
  nowMs += 10 * WINDOW_MS;
  expect(limit.pauseMs).toBe(0);
});

it('a look after the window is the first of a new one, with all its looks', () => {
  look(LOOKS_A_WINDOW);
  nowMs += WINDOW_MS;
  expect(limit.countLook()).toBe(1);
  look(LOOKS_A_WINDOW - 2);
  expect(limit.pauseMs).toBe(0);
  look(1);
  expect(limit.pauseMs).toBe(WINDOW_MS);
});

it('a look that found something begins anew', () => {
  look(LOOKS_A_WINDOW);
  limit.clear();
  expect(limit.pauseMs).toBe(0);
  expect(limit.countLook()).toBe(1);
});
