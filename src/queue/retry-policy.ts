import { backoffMs } from '../base/backoff.ts';
import type { RequestError } from '../base/errors.ts';
import type { Outcome } from './outcome.ts';

/** The pause before the next attempt: 250 ms, doubled by each claim, at most 10 s. */
const RETRY = { firstMs: 250, longestMs: 10_000 } as const;

export interface FailedAttempt {
  readonly error: RequestError;
  /** Which attempt this was, from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Grows with every claim, also with those whose attempt was given back: the backoff goes by it. */
  readonly claimNo: number;
  /** Milliseconds left of the request's life. */
  readonly lifeLeftMs: number;
  /** What the service asked for (Retry-After): the least pause. */
  readonly retryAfterMs: number | null;
  /** HTTP 429: the attempt does not count. */
  readonly isAttemptGivenBack: boolean;
}

/** Another attempt later; or the end, where no attempt is left or the next could not begin within the request's life. */
export function decideRetry(failed: FailedAttempt, random: () => number = Math.random): Outcome {
  const { error, attempt, maxAttempts, isAttemptGivenBack } = failed;
  if (!isAttemptGivenBack && attempt >= maxAttempts) return { kind: 'failed', error };
  const delayMs = Math.max(delayAfter(failed.claimNo, random), failed.retryAfterMs ?? 0);
  if (delayMs >= failed.lifeLeftMs) return { kind: 'failed', error };
  return { kind: 'retry', error, delayMs, isAttemptGivenBack };
}

/** Half of it fixed, half of it random: requests that failed together do not come back together. */
function delayAfter(claimNo: number, random: () => number): number {
  const fullMs = backoffMs(RETRY, claimNo);
  return Math.round(fullMs / 2 + (fullMs / 2) * random());
}
