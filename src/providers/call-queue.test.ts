import { setImmediate as settled } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { noteDeadline } from '../base/deadline-signal.ts';
import { CallQueue, type NotCalled } from './call-queue.ts';

let clock: FakeClock;
let slots: number;
let queue: CallQueue;
let order: string[];
beforeEach(() => {
  clock = new FakeClock(0);
  slots = 1;
  queue = new CallQueue({ clock, slots: () => slots });
  order = [];
});

interface Wish {
  readonly ms?: number;
  readonly priority?: number;
  readonly dueMs?: number;
}

/** A call that takes this long on the server; its name is noted when it begins. */
function ask(name: string, { ms = 1_000, priority = 0, dueMs }: Wish = {}) {
  const giveUp = new AbortController();
  if (dueMs !== undefined) noteDeadline(giveUp.signal, clock.nowMs() + dueMs);
  const work = async () => {
    order.push(name);
    await clock.sleep(ms);
    return name;
  };
  const ended: Promise<string | NotCalled> = queue.run(work, { signal: giveUp.signal, priority });
  return { ended, giveUp: () => giveUp.abort() };
}

describe('CallQueue', () => {
  it('makes as many calls at once as there are slots, and the next when one ends', async () => {
    slots = 2;
    const calls = ['a', 'b', 'c'].map((name) => ask(name).ended);
    await settled();
    expect(order).toEqual(['a', 'b']);
    await clock.advance(1_000);
    expect(order).toEqual(['a', 'b', 'c']);
    await clock.advance(1_000);
    expect(await Promise.all(calls)).toEqual(['a', 'b', 'c']);
  });

  it('makes all at once while nobody knows of slots', async () => {
    slots = Number.POSITIVE_INFINITY;
    for (const name of ['a', 'b', 'c']) void ask(name);
    await settled();
    expect(order).toHaveLength(3);
  });

  it('lets the lower priority number go first, then who has the least time left, then who came first', async () => {
    void ask('running');
    void ask('late', { dueMs: 90_000 });
    void ask('first');
    void ask('second');
    void ask('soon', { dueMs: 9_000 });
    void ask('urgent', { priority: -1, dueMs: 99_000 });
    await clock.advance(10_000);
    expect(order).toEqual(['running', 'urgent', 'soon', 'late', 'first', 'second']);
  });

  it('never makes a call that nobody waits for any more', async () => {
    void ask('running');
    const given = ask('given up');
    given.giveUp();
    expect(await given.ended).toBe('given_up');
    expect(queue.waiting).toBe(0);
    await clock.advance(5_000);
    expect(order).toEqual(['running']);
  });

  it('never makes a call that would come too late, and makes the others', async () => {
    const calls = [
      ask('running'),
      ask('next', { dueMs: 5_000 }),
      ask('tight', { dueMs: 1_500 }),
      ask('last'),
    ];
    await clock.advance(10_000);
    const ends = await Promise.all(calls.map(({ ended }) => ended));
    expect(ends).toEqual(['running', 'next', 'too_late', 'last']);
    expect(order).toEqual(['running', 'next', 'last']);
  });

  it('never makes a call that was given up before it came', async () => {
    const place = { signal: AbortSignal.abort(), priority: 0 };
    const ended = queue.run(async () => order.push('given up'), place);
    expect(await ended).toBe('given_up');
    expect([order, queue.running, queue.waiting]).toEqual([[], 0, 0]);
  });

  it('reckons with the shortest of the last twenty calls, and with none that was given up', async () => {
    const given = ask('given up', { ms: 10 });
    given.giveUp();
    await clock.advance(10);
    const first = ask('first', { ms: 100, dueMs: 5 });
    await clock.advance(100);
    expect(await first.ended).toBe('first');
    for (let call = 0; call < 19; call += 1) {
      void ask('usual');
      await clock.advance(1_000);
    }
    const inTime = ask('in time', { dueMs: 100 });
    await clock.advance(1_000);
    expect(await inTime.ended).toBe('in time');
    const late = ask('late', { dueMs: 999 });
    await clock.advance(1_000);
    expect(await late.ended).toBe('too_late');
  });

  it('goes on after a call that fails', async () => {
    const failing = queue.run(() => Promise.reject(new Error('no')), {
      signal: new AbortController().signal,
      priority: 0,
    });
    await expect(failing).rejects.toThrow('no');
    const next = ask('next');
    await clock.advance(1_000);
    expect(await next.ended).toBe('next');
  });

  describe('a call for which nobody waits', () => {
    const never = new AbortController().signal;
    /** It takes a minute, unless it is given up. */
    const quietly = () =>
      queue.runQuietly(async (signal) => {
        order.push('quiet');
        await clock.sleep(60_000, signal);
        return signal.aborted ? 'cut' : 'done';
      }, never);

    it('is made while there is no other', async () => {
      const quiet = quietly();
      await clock.advance(60_000);
      expect(await quiet).toBe('done');
    });

    it('is not made while another is, or waits, nor for three seconds after', async () => {
      void ask('running');
      void ask('waiting');
      expect(await quietly()).toBe('given_up');
      await clock.advance(2_000 + 2_999);
      expect(await quietly()).toBe('given_up');
      await clock.advance(1);
      const quiet = quietly();
      await clock.advance(60_000);
      expect(await quiet).toBe('done');
    });

    it('is given up when another comes, which begins when it has ended', async () => {
      const quiet = quietly();
      await clock.advance(1_000);
      const player = ask('player', { priority: 9 });
      expect(await quiet).toBe('cut');
      await clock.advance(1_000);
      expect(await player.ended).toBe('player');
      expect(order).toEqual(['quiet', 'player']);
    });

    it('says nothing of how long an answer takes', async () => {
      const quiet = quietly();
      await clock.advance(60_000);
      await quiet;
      void ask('running');
      const tight = ask('tight', { dueMs: 2_000 });
      await clock.advance(3_000);
      expect(await tight.ended).toBe('tight');
    });
  });

  it('lets more go when there are more slots', async () => {
    void ask('a', { ms: 5_000 });
    void ask('b');
    slots = 3;
    void ask('c');
    await settled();
    expect(order).toEqual(['a', 'b', 'c']);
  });
});
