import { backoffMs } from '../base/backoff.ts';
import type { RequestError } from '../base/errors.ts';
import type { Outcome } from './outcome.ts';

/** The pause before the next attempt: 250 ms, doubled by each claim, at most 10 s. */
const RETRY = { firstMs: 250, longestMs: 10_000 } as const;
/** Where nobody was reached: a refused connection costs nothing, and the players wait for the first one that stands. */
const UNREACHED = { firstMs: 250, longestMs: 2_000 } as const;
/** The last attempt at a service that is down waits longer, for a restart takes seconds: half of the life, at most so long. */
const BEFORE_LAST_MS = 5_000;

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
  /** HTTP 429, or nobody was reached: the attempt does not count. */
  readonly isAttemptGivenBack: boolean;
  /** No connection stood. */
  readonly hasReachedNobody: boolean;
  /** It hung up, or what stands before it says that it is away. */
  readonly isServiceDown: boolean;
}

/** Another attempt later; or the end, where no attempt is left or the next could not begin within the request's life. */
export function decideRetry(failed: FailedAttempt, random: () => number = Math.random): Outcome {
  const { error, attempt, maxAttempts, isAttemptGivenBack } = failed;
  if (!isAttemptGivenBack && attempt >= maxAttempts) return { kind: 'failed', error };
  const delayMs = Math.max(delayAfter(failed, random), failed.retryAfterMs ?? 0);
  if (delayMs >= failed.lifeLeftMs) return { kind: 'failed', error };
  return { kind: 'retry', error, delayMs, isAttemptGivenBack };
}

/** Partly random: requests that failed together do not come back together. */
function delayAfter(failed: FailedAttempt, random: () => number): number {
  const fullMs = backoffMs(failed.hasReachedNobody ? UNREACHED : RETRY, failed.claimNo);
  const shortMs = Math.round(fullMs / 2 + (fullMs / 2) * random());
  const isBeforeLast = !failed.isAttemptGivenBack && failed.attempt === failed.maxAttempts - 1;
  if (!failed.isServiceDown || !isBeforeLast) return shortMs;
  const longMs = Math.min(BEFORE_LAST_MS, failed.lifeLeftMs / 2);
  return Math.max(shortMs, Math.round(longMs * (0.75 + 0.25 * random())));
}
