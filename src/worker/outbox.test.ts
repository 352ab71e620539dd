import { describe, expect, it } from 'vitest';
import type { SettledAttempt } from '../queue/outcome.ts';
import { Outbox } from './outbox.ts';

function attempt(id: number, characters = 10): SettledAttempt {
  const answer = 'x'.repeat(characters);
  return { id, claimNo: 1, attempt: 1, outcome: { kind: 'completed', answer }, durationMs: 1 };
}

describe('Outbox', () => {
  it('a batch has 500 outcomes at most, and a million characters unless one alone has more', () => {
    const outbox = new Outbox();
    for (let id = 1; id <= 501; id++) outbox.add(attempt(id));
    expect(outbox.nextBatch()).toHaveLength(500);

    const large = new Outbox();
    for (let id = 1; id <= 3; id++) large.add(attempt(id, 600_000));
    expect(large.nextBatch()).toHaveLength(1);
    const huge = new Outbox();
    huge.add(attempt(1, 2_000_000));
    expect(huge.nextBatch()).toHaveLength(1);
  });

  it('is full with 2,000 outcomes, or with 64 million characters of answers', () => {
    const many = new Outbox();
    for (let id = 1; id < 2_000; id++) many.add(attempt(id));
    expect(many.isFull).toBe(false);
    many.add(attempt(2_000));
    expect(many.isFull).toBe(true);

    const large = new Outbox();
    for (let id = 1; id <= 64; id++) large.add(attempt(id, 2 ** 20));
    expect(large.isFull).toBe(true);
    large.settled(large.nextBatch(), [], 0);
    expect(large.isFull).toBe(false);
  });

  it('is full of held ones, too', () => {
    const outbox = new Outbox();
    for (let id = 1; id <= 64; id++) outbox.add(attempt(id, 2 ** 20));
    for (let id = 1; id <= 64; id++) outbox.settled(outbox.nextBatch(), outbox.nextBatch(), 0);
    expect([outbox.ready, outbox.size, outbox.isFull]).toEqual([0, 64, true]);
  });

  it('is busy where others came while a batch was written', () => {
    const outbox = new Outbox();
    outbox.add(attempt(1));
    const alone = outbox.nextBatch();
    expect(outbox.isBusy).toBe(false);
    outbox.add(attempt(2));
    outbox.settled(alone, [], 0);
    expect(outbox.isBusy).toBe(true);
    outbox.settled(outbox.nextBatch(), [], 0);
    expect(outbox.isBusy).toBe(false);
  });

  it('held ones come again after their rest, behind those that came meanwhile', () => {
    const outbox = new Outbox();
    for (let id = 1; id <= 3; id++) outbox.add(attempt(id));
    const batch = outbox.nextBatch();
    outbox.settled(batch, [batch[1]!], 1_000);
    expect([outbox.ready, outbox.size]).toEqual([0, 1]);

    outbox.add(attempt(4));
    expect(outbox.takeUpHeld(1_100)).toBe(150);
    expect(outbox.nextBatch().map(({ id }) => id)).toEqual([4]);
    expect(outbox.takeUpHeld(1_250)).toBe(0);
    expect(outbox.nextBatch().map(({ id }) => id)).toEqual([4, 2]);
    expect(outbox.takeUpHeld(1_250)).toBe(Number.POSITIVE_INFINITY);
  });
});
