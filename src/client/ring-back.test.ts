import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { RingBack, RingBacks } from './ring-back.ts';

const LONG_MS = 1_000;

let clock: FakeClock;
let ringBack: RingBack;
beforeEach(() => {
  clock = new FakeClock();
  ringBack = new RingBack();
});

/** Whether a rest that begins now is over without any time. */
async function isRestOver(signal?: AbortSignal): Promise<boolean> {
  let isOver = false;
  const rest = ringBack.rest(LONG_MS, { clock, signal }).then(() => {
    isOver = true;
  });
  await turn();
  const wasOver = isOver;
  await clock.advance(LONG_MS);
  await rest;
  return wasOver;
}

describe('a rest', () => {
  it('lasts as long as it was asked for, where nobody rings', async () => {
    expect([await isRestOver(), await isRestOver()]).toEqual([false, false]);
    expect(clock.sleeping).toBe(0);
  });

  it('ends with the ring, and leaves no timer', async () => {
    const rest = ringBack.rest(LONG_MS, { clock, signal: undefined });
    ringBack.ring();
    await rest;

    expect(clock.sleeping).toBe(0);
  });

  it('that follows the ring is over at once', async () => {
    ringBack.ring();

    expect(await isRestOver()).toBe(true);
  });

  it('is ended by one ring, and by no further one', async () => {
    ringBack.ring();
    ringBack.ring();
    await isRestOver();
    ringBack.ring();

    expect([await isRestOver(), await isRestOver()]).toEqual([false, false]);
  });

  it('ends when it is aborted', async () => {
    expect(await isRestOver(AbortSignal.abort())).toBe(true);
  });
});

describe('rings back', () => {
  it('reach who waits for that request, as long as he waits', async () => {
    const ringBacks = new RingBacks();
    const rung: number[] = [];
    const waitFor = (id: number) =>
      ringBacks.awaitFor(id, async (mine) => {
        await mine.rest(LONG_MS, { clock, signal: undefined });
        rung.push(id);
        return id;
      });
    const waits = [waitFor(1), waitFor(2)];

    ringBacks.ring(3);
    ringBacks.ring(2);
    expect(await waits[1]).toBe(2);
    expect(rung).toEqual([2]);

    ringBacks.ring(1);
    await waits[0];
    ringBacks.ring(1);
    expect(rung).toEqual([2, 1]);
  });

  it('reach the later one of two who wait for the same number, also when the first has gone', async () => {
    const ringBacks = new RingBacks();
    const rest = (mine: RingBack) => mine.rest(LONG_MS, { clock, signal: undefined });
    const first = new AbortController();
    const gone = ringBacks.awaitFor(1, (mine) => mine.rest(LONG_MS, { clock, signal: first.signal }));
    const later = ringBacks.awaitFor(1, rest);
    first.abort();
    await gone;

    ringBacks.ring(1);
    await later;

    expect(clock.sleeping).toBe(0);
  });

  it('are forgotten with a wait that fails', async () => {
    const ringBacks = new RingBacks();
    let kept: RingBack | undefined;
    const failed = ringBacks.awaitFor(1, async (mine) => {
      kept = mine;
      throw new Error('away');
    });
    await expect(failed).rejects.toThrow('away');
    ringBacks.ring(1);

    ringBack = kept!;
    expect(await isRestOver()).toBe(false);
  });

  it('are likely after a wait that was rung back, until one that was not', async () => {
    const ringBacks = new RingBacks();
    const isExpected = (ring: boolean) =>
      ringBacks.awaitFor(1, async (mine) => {
        const before = mine.isExpected;
        if (ring) ringBacks.ring(1);
        return before;
      });

    const seen: boolean[] = [];
    for (const ring of [false, true, true, false]) seen.push(await isExpected(ring));
    expect(seen).toEqual([false, false, true, true]);
    expect(await isExpected(true)).toBe(false);
  });

  it('are not expected once more by one who was rung back', () => {
    const mine = new RingBack({ isLikely: true });
    expect([mine.isExpected, mine.wasRung]).toEqual([true, false]);
    mine.ring();
    expect([mine.isExpected, mine.wasRung]).toEqual([false, true]);
  });
});
