import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRetry, type FailedAttempt } from './retry-policy.ts';

const ERROR = { code: 'ai_server_error', message: 'HTTP 500' } as const;

function failed(changes: Partial<FailedAttempt> = {}): FailedAttempt {
  return {
    error: ERROR,
    attempt: 1,
    maxAttempts: 3,
    claimNo: 1,
    lifeLeftMs: 30_000,
    retryAfterMs: null,
    isAttemptGivenBack: false,
    hasReachedNobody: false,
    isServiceDown: false,
    ...changes,
  };
}

/** The pause before the next attempt; undefined when there is none. */
function delayOf(attempt: FailedAttempt, random: number): number | undefined {
  const outcome = decideRetry(attempt, () => random);
  return outcome.kind === 'retry' ? outcome.delayMs : undefined;
}

describe('the pause', () => {
  it.each([
    [1, 125, 250],
    [2, 250, 500],
    [3, 500, 1_000],
    [4, 1_000, 2_000],
    [5, 2_000, 4_000],
    [6, 4_000, 8_000],
    [7, 5_000, 10_000],
    [50, 5_000, 10_000],
  ])('after claim %i is between %i and %i ms', (claimNo, least, most) => {
    const attempt = failed({ claimNo, maxAttempts: 100 });
    expect(delayOf(attempt, 0)).toBe(least);
    expect(delayOf(attempt, 0.999999)).toBe(most);
  });

  it('is at least what the service asked for, and not more because of it', () => {
    expect(delayOf(failed({ retryAfterMs: 7_000 }), 0.5)).toBe(7_000);
    expect(delayOf(failed({ retryAfterMs: 100 }), 0)).toBe(125);
  });
});

describe('the pause at a service that is away', () => {
  it('stays short where nobody was reached', () => {
    const attempt = { hasReachedNobody: true, isAttemptGivenBack: true, isServiceDown: true };
    expect(delayOf(failed({ ...attempt, claimNo: 1 }), 0)).toBe(125);
    expect(delayOf(failed({ ...attempt, claimNo: 50 }), 0)).toBe(1_000);
    expect(delayOf(failed({ ...attempt, claimNo: 50 }), 0.999999)).toBe(2_000);
  });

  it.each([
    ['a long life', 30_000, 3_750, 5_000],
    ['a short one', 4_000, 1_500, 2_000],
    ['hardly any', 200, 125, 150],
  ])('before the last attempt is long: %s', (_, lifeLeftMs, least, most) => {
    const last = failed({ isServiceDown: true, attempt: 2, claimNo: 1, lifeLeftMs });
    expect(delayOf(last, 0)).toBe(least);
    expect(delayOf(last, 0.2)).toBeLessThanOrEqual(most);
    expect(delayOf(failed({ isServiceDown: true, attempt: 1, lifeLeftMs }), 0)).toBe(125);
  });

  it('holds by these numbers an outage of 3 s within a life of 30 s, three attempts and a service that says so', () => {
    let atMs = 0;
    let calls = 0;
    for (let attempt = 1; atMs < 3_000; attempt += 1) {
      const delayMs = delayOf(
        failed({ isServiceDown: true, attempt, claimNo: attempt, lifeLeftMs: 30_000 - atMs }),
        0,
      );
      if (delayMs === undefined) break;
      atMs += delayMs;
      calls += 1;
    }
    expect([atMs >= 3_000, calls]).toEqual([true, 2]);
  });
});

describe('the end', () => {
  it('comes when no attempt is left', () => {
    expect(decideRetry(failed({ attempt: 3 }))).toEqual({ kind: 'failed', error: ERROR });
    expect(decideRetry(failed({ attempt: 4 }))).toEqual({ kind: 'failed', error: ERROR });
    expect(decideRetry(failed({ attempt: 2 })).kind).toBe('retry');
  });

  it('does not come while attempts are given back', () => {
    expect(decideRetry(failed({ attempt: 3, isAttemptGivenBack: true }))).toMatchObject({
      kind: 'retry',
      isAttemptGivenBack: true,
    });
  });

  it('comes when the next attempt could not begin within the life', () => {
    expect(decideRetry(failed({ lifeLeftMs: 125 }), () => 0).kind).toBe('failed');
    expect(decideRetry(failed({ lifeLeftMs: 126 }), () => 0).kind).toBe('retry');
    expect(decideRetry(failed({ lifeLeftMs: -5 })).kind).toBe('failed');
    expect(decideRetry(failed({ retryAfterMs: 60_000, isAttemptGivenBack: true })).kind).toBe('failed');
  });
});

it('whatever fails: it is tried again within its bounds, or it has failed with its error', () => {
  const attempts = fc.record({
    error: fc.constant(ERROR),
    attempt: fc.integer({ min: 1, max: 200 }),
    maxAttempts: fc.integer({ min: 1, max: 100 }),
    claimNo: fc.integer({ min: 1, max: 4_294_967_295 }),
    lifeLeftMs: fc.integer({ min: -1_000, max: 100_000 }),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 200_000 }), { nil: null }),
    isAttemptGivenBack: fc.boolean(),
    hasReachedNobody: fc.boolean(),
    isServiceDown: fc.boolean(),
  });
  fc.assert(
    fc.property(
      attempts,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, random) => {
        const outcome = decideRetry(attempt, () => random);
        if (outcome.kind === 'failed') {
          expect(outcome.error).toBe(ERROR);
          return;
        }
        if (outcome.kind !== 'retry') throw new Error(`It became ${outcome.kind}.`);
        expect(Number.isInteger(outcome.delayMs)).toBe(true);
        expect(outcome.delayMs).toBeGreaterThanOrEqual(Math.max(125, attempt.retryAfterMs ?? 0));
        expect(outcome.delayMs).toBeLessThanOrEqual(Math.max(10_000, attempt.retryAfterMs ?? 0));
        expect(outcome.delayMs).toBeLessThan(attempt.lifeLeftMs);
        expect(attempt.isAttemptGivenBack || attempt.attempt < attempt.maxAttempts).toBe(true);
      },
    ),
  );
});
