import { describe, expect, it } from 'vitest';
import { ClaimSize } from './claim-size.ts';

/** What each of these claims asks for, of a queue with so many requests, where there is always so much room. */
function claim(batchSize: number, { waiting, room }: { waiting: number; room: number }): number[] {
  const size = new ClaimSize(batchSize);
  const asked: number[] = [];
  for (let left = waiting; left > 0; ) {
    const now = Math.min(size.now, room);
    asked.push(now);
    size.note({ asked: now, found: Math.min(now, left) });
    left -= now;
  }
  expect(size.now).toBe(batchSize);
  return asked;
}

describe('one claim', () => {
  it.each([
    [1, [10]],
    [9, [10]],
    [15, [10, 20]],
    [1_000, [10, 20, 40, 80, 160, 256, 256, 256]],
  ])(
    'of %d requests that wait takes the batch, then twice as many after each full one, up to 256',
    (waiting, sizes) => {
      expect(claim(10, { waiting, room: 512 })).toEqual(sizes);
    },
  );

  it('takes no more than there is room for, and goes on growing when there is more', () => {
    expect(claim(10, { waiting: 150, room: 64 })).toEqual([10, 20, 40, 64, 64]);
  });

  it('with a larger batch takes that, full or not', () => {
    expect(claim(1_000, { waiting: 2_500, room: 4_096 })).toEqual([1_000, 1_000, 1_000]);
  });

  it('that finds less than it asked for is followed by small ones', () => {
    const size = new ClaimSize(10);
    size.note({ asked: 10, found: 10 });
    size.note({ asked: 20, found: 20 });
    size.note({ asked: 3, found: 3 });
    expect(size.now).toBe(40);
    size.note({ asked: 3, found: 2 });
    expect(size.now).toBe(10);
  });
});
