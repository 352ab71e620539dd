import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { isGivenUp } from '../../base/deadline-signal.ts';
import { createDeadlines } from './deadline.ts';

const clockOf = () => new FakeClock();
const never = () => new Promise<never>(() => undefined);

describe('a deadline', () => {
  it('ends the thinking a tenth before the caller stops waiting', async () => {
    const clock = clockOf();
    const deadline = createDeadlines({ clock, stopped: new AbortController().signal }).start(1_000);
    await clock.advance(899);
    expect(deadline.signal.aborted).toBe(false);
    expect(deadline.leftMs()).toBe(1);
    await clock.advance(1);
    expect(deadline.signal.aborted).toBe(true);
    expect(deadline.leftMs()).toBe(0);
  });

  it('keeps a quarter of a second at most for the sending', async () => {
    const clock = clockOf();
    const deadline = createDeadlines({ clock, stopped: new AbortController().signal }).start(60_000);
    expect(deadline.leftMs()).toBe(59_750);
  });

  it('gives up on those who do not obey, before the caller does', async () => {
    const clock = clockOf();
    const deadline = createDeadlines({ clock, stopped: new AbortController().signal }).start(1_000);
    const held = deadline.hold(never()).catch((error: unknown) => error);
    await clock.advance(950);
    expect(await held).toMatchObject({ code: 'model_timeout', message: expect.stringContaining('1000 ms') });
  });

  it('lets those answer who obey', async () => {
    const clock = clockOf();
    const deadline = createDeadlines({ clock, stopped: new AbortController().signal }).start(1_000);
    const obedient = new Promise((resolve) =>
      deadline.signal.addEventListener('abort', () => resolve('canned'), { once: true }),
    );
    const held = deadline.hold(obedient);
    await clock.advance(900);
    expect(await held).toBe('canned');
  });

  it('of one who left ends the thinking at once, and says why', () => {
    const deadline = createDeadlines({ clock: clockOf(), stopped: new AbortController().signal }).start(
      1_000,
    );
    deadline.giveUp();
    expect(deadline.signal.aborted).toBe(true);
    expect(isGivenUp(deadline.signal)).toBe(true);
  });

  it('that is over is not given up', async () => {
    const clock = clockOf();
    const deadline = createDeadlines({ clock, stopped: new AbortController().signal }).start(1_000);
    await clock.advance(900);
    expect(deadline.signal.aborted).toBe(true);
    expect(isGivenUp(deadline.signal)).toBe(false);
  });

  it('that has ended aborts nothing any more', async () => {
    const clock = clockOf();
    const deadline = createDeadlines({ clock, stopped: new AbortController().signal }).start(1_000);
    deadline.end();
    deadline.giveUp();
    await clock.advance(5_000);
    expect(deadline.signal.aborted).toBe(false);
  });

  it('ends with the service', () => {
    const stopping = new AbortController();
    const deadlines = createDeadlines({ clock: clockOf(), stopped: stopping.signal });
    const [running, ended] = [deadlines.start(1_000), deadlines.start(1_000)];
    ended.end();
    stopping.abort();
    expect([running.signal.aborted, ended.signal.aborted]).toEqual([true, false]);
  });
});
