import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { Loop } from './lifecycle.ts';

/** A loop that notes when its turns began, and rests as long as `rest` says. */
function makeLoop(rest: (turn: number) => number | Error) {
  const clock = new FakeClock(0);
  const turns: number[] = [];
  const errors: unknown[] = [];
  const loop = new Loop({
    clock,
    turn: async () => {
      turns.push(clock.nowMs());
      const result = rest(turns.length);
      if (result instanceof Error) throw result;
      return result;
    },
    onError: (error) => {
      errors.push(error);
      return 500;
    },
  });
  return { clock, loop, turns, errors };
}

describe('Loop', () => {
  test('the first turn comes at once, the next after the rest that it asked for', async () => {
    const { clock, loop, turns } = makeLoop((turn) => turn * 100);
    loop.start();

    await clock.advance(600);

    expect(turns).toEqual([0, 100, 300, 600]);
    await loop.stop();
  });

  test('wake cuts the present rest short, and only that one', async () => {
    const { clock, loop, turns } = makeLoop(() => 1_000);
    loop.start();
    await clock.advance(300);

    loop.wake();
    await clock.advance(1_000);

    expect(turns).toEqual([0, 300, 1_300]);
    await loop.stop();
  });

  test('wake during a turn skips the rest after it', async () => {
    const { clock, loop, turns } = makeLoop((turn) => {
      if (turn === 1) loop.wake();
      return 1_000;
    });
    loop.start();

    await clock.advance(1_500);

    expect(turns).toEqual([0, 0, 1_000]);
    await loop.stop();
  });

  test('many wakes are one', async () => {
    const { clock, loop, turns } = makeLoop(() => 1_000);
    loop.start();
    await clock.advance(10);

    for (let i = 0; i < 5; i += 1) loop.wake();
    await clock.advance(10);

    expect(turns).toEqual([0, 10]);
    await loop.stop();
  });

  test('an error is handed over and the loop goes on after the rest that its handler asked for', async () => {
    const error = new Error('the database is away');
    const { clock, loop, turns, errors } = makeLoop((turn) => (turn === 1 ? error : 1_000));
    loop.start();

    await clock.advance(600);

    expect(errors).toEqual([error]);
    expect(turns).toEqual([0, 500]);
    await loop.stop();
  });

  test('stop ends the rest at once, and no turn follows', async () => {
    const { clock, loop, turns } = makeLoop(() => 60_000);
    loop.start();
    await clock.advance(1);

    await loop.stop();
    await clock.advance(120_000);

    expect(turns).toEqual([0]);
    expect(clock.sleeping).toBe(0);
  });

  test('stop waits for the turn under way, which hears of it', async () => {
    let isDone = false;
    const loop = new Loop({
      clock: new FakeClock(),
      turn: async (signal) => {
        await once(signal, 'abort');
        isDone = true;
        return 0;
      },
      onError: () => 0,
    });
    loop.start();

    await loop.stop();

    expect(isDone).toBe(true);
  });

  test('a loop that was never started stops, and one is not started twice', async () => {
    const { loop } = makeLoop(() => 1_000);
    await loop.stop();
    loop.start();
    expect(() => loop.start()).toThrow(expect.objectContaining({ code: 'bad_argument' }));
    await loop.stop();
  });
});
