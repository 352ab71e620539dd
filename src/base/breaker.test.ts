import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { Breaker, type Sign } from './breaker.ts';

const DOWN: Sign = { code: 'model_timeout', message: 'no answer' };

let clock: FakeClock;
let breaker: Breaker<Sign>;

beforeEach(() => {
  clock = new FakeClock(0);
  breaker = new Breaker(clock, (sign) => sign);
});

async function failTimes(times: number): Promise<void> {
  for (let call = 0; call < times; call += 1) await breaker.run(async () => DOWN);
}

/** A call that is under way until it is ended; `isMade` tells whether it was let through. */
function call() {
  let end: (sign: Sign) => void = () => undefined;
  const ended = new Promise<Sign>((resolve) => {
    end = resolve;
  });
  let isMade = false;
  const result = breaker.run(() => {
    isMade = true;
    return ended;
  });
  return {
    isMade,
    async end(sign: Sign) {
      end(sign);
      await result;
    },
  };
}

describe('Breaker', () => {
  it('calls on after nine outages, and after nine more', async () => {
    await failTimes(9);
    await call().end('up');
    await failTimes(9);
    expect(call().isMade).toBe(true);
  });

  it('tries once a second after ten in a row, and freely again after one that worked', async () => {
    await failTimes(10);
    expect(call().isMade).toBe(false);
    await clock.advance(1_000);
    const first = call();
    expect([first.isMade, call().isMade]).toEqual([true, false]);
    await first.end(DOWN);
    await clock.advance(999);
    expect(call().isMade).toBe(false);
    await clock.advance(1);
    const second = call();
    expect(second.isMade).toBe(true);
    await second.end('up');
    expect([call().isMade, call().isMade]).toEqual([true, true]);
  });

  it('lets nobody else wait while a try takes its time', async () => {
    await failTimes(10);
    await clock.advance(1_000);
    const slow = call();
    await clock.advance(60_000);
    expect([slow.isMade, call().isMade]).toEqual([true, false]);
  });

  it('tries again a second after a try that showed nothing, and after one that threw', async () => {
    await failTimes(10);
    await clock.advance(1_000);
    await call().end('neither');
    expect(call().isMade).toBe(false);

    await clock.advance(1_000);
    await expect(breaker.run(() => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
    expect(breaker.state).toBe('open');
    await clock.advance(1_000);
    expect(call().isMade).toBe(true);
  });
});
