import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { createOutage } from './outage.ts';

function failTimes(outage: ReturnType<typeof createOutage>, times: number): void {
  for (let call = 0; call < times; call += 1) outage.noteEnd(true);
}

describe('createOutage', () => {
  it('calls on after nine outages, and after nine more', () => {
    const outage = createOutage(new FakeClock(0));
    failTimes(outage, 9);
    outage.noteEnd(false);
    failTimes(outage, 9);
    expect(outage.mayCall()).toBe(true);
  });

  it('tries once a second after ten in a row, and freely again after one that worked', async () => {
    const clock = new FakeClock(0);
    const outage = createOutage(clock);
    failTimes(outage, 10);
    expect(outage.mayCall()).toBe(false);
    await clock.advance(1_000);
    expect([outage.mayCall(), outage.mayCall()]).toEqual([true, false]);
    outage.noteEnd(true);
    await clock.advance(999);
    expect(outage.mayCall()).toBe(false);
    await clock.advance(1);
    expect(outage.mayCall()).toBe(true);
    outage.noteEnd(false);
    expect([outage.mayCall(), outage.mayCall()]).toEqual([true, true]);
  });
});
