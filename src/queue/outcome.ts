import type { RequestError } from '../base/errors.ts';
import type { ClaimRef } from './request.ts';

/** What an attempt gave, and so what becomes of its request. */
export type Outcome =
  | { readonly kind: 'completed'; readonly answer: string }
  | { readonly kind: 'failed'; readonly error: RequestError }
  | { readonly kind: 'timeout'; readonly error: RequestError }
  | {
      readonly kind: 'retry';
      readonly error: RequestError;
      /** The next attempt may start after this many milliseconds. */
      readonly delayMs: number;
      /** True when this attempt does not count (HTTP 429). */
      readonly isAttemptGivenBack: boolean;
    };

/** One outcome on its way to the database. */
export interface SettledAttempt extends ClaimRef {
  readonly attempt: number;
  readonly outcome: Outcome;
  /** Milliseconds of the HTTP call; null when there was none. */
  readonly durationMs: number | null;
}

/**
 * written: the database holds it (from this call or an earlier one). dropped: the claim was lost, nothing was written.
 * held: somebody's open transaction holds the request; nothing was written yet, settle it again.
 */
export type SettleFate = 'written' | 'dropped' | 'held';
