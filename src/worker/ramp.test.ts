import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { Ramp } from './ramp.ts';

/** Calls that run until they are told to end. */
function startCalls(ramp: Ramp, count: number) {
  const ends: (() => void)[] = [];
  const all = Promise.all(
    Array.from({ length: count }, () =>
      ramp.run(
        () =>
          new Promise<void>((resolve) => {
            ends.push(resolve);
          }),
      ),
    ),
  );
  return { begun: () => ends.length, endOne: () => ends[0]?.(), endAll: () => ends.map((end) => end()), all };
}

describe('the ramp', () => {
  it('begins 32 calls at once', async () => {
    const calls = startCalls(new Ramp(new FakeClock()), 100);
    await setImmediate();
    expect(calls.begun()).toBe(32);
  });

  it('begins one more for each that ends', async () => {
    const calls = startCalls(new Ramp(new FakeClock()), 100);
    calls.endOne();
    await setImmediate();
    expect(calls.begun()).toBe(33);
  });

  it('has begun all after some milliseconds when none ends', async () => {
    const clock = new FakeClock();
    const calls = startCalls(new Ramp(clock), 100);
    const steps: number[] = [];
    for (let step = 1; step <= 3; step++) {
      await clock.advance(2);
      await setImmediate();
      steps.push(calls.begun());
    }
    expect(steps).toEqual([64, 96, 100]);
  });

  it('ends when all calls have ended, and takes more after that', async () => {
    const clock = new FakeClock();
    const ramp = new Ramp(clock);
    for (const round of [1, 2]) {
      const calls = startCalls(ramp, 40);
      await clock.advance(2);
      await setImmediate();
      calls.endAll();
      await calls.all;
      expect(calls.begun(), `round ${round}`).toBe(40);
    }
  });

  it('begins a whole step beside what earlier steps have begun', async () => {
    const clock = new FakeClock();
    const ramp = new Ramp(clock);
    startCalls(ramp, 33);
    await clock.advance(2);
    const later = startCalls(ramp, 40);
    await setImmediate();
    expect(later.begun()).toBe(31);
  });

  it('begins no more than a step when many of earlier steps have ended', async () => {
    const clock = new FakeClock();
    const ramp = new Ramp(clock);
    const earlier = startCalls(ramp, 33);
    await clock.advance(2);
    earlier.endAll();
    await earlier.all;
    const later = startCalls(ramp, 100);
    await setImmediate();
    expect(later.begun()).toBe(32);
  });

  it('holds up nobody when the clock fails', async () => {
    const clock = { nowMs: () => 0, sleep: () => Promise.reject(new Error('no timer')) };
    const calls = startCalls(new Ramp(clock), 100);
    await setImmediate();
    expect(calls.begun()).toBe(100);
  });

  it('goes on behind a call that fails', async () => {
    const ramp = new Ramp(new FakeClock());
    const failing = Array.from({ length: 32 }, () => ramp.run(() => Promise.reject(new Error('broken'))));
    const next = ramp.run(() => Promise.resolve());
    expect((await Promise.allSettled(failing)).every(({ status }) => status === 'rejected')).toBe(true);
    await expect(next).resolves.toBeUndefined();
  });
});
