import type { RequestError } from '../base/errors.ts';

/** What one call to the AI service gave. */
export type AiResult =
  /** An answer to store: `body` is JSON text, as received. */
  | { readonly kind: 'answer'; readonly body: string; readonly status: number }
  /** It would be the same next time: 3xx, most 4xx, empty, not JSON, too large, or the service says that it failed. */
  | { readonly kind: 'refused'; readonly error: RequestError }
  /** Worth another attempt: no answer in time, a network error, 408, 425, 5xx. */
  | {
      readonly kind: 'trouble';
      readonly error: RequestError;
      /** Connection errors (one that did not stand in time, too), 502, 503 and 504: what the breaker counts. */
      readonly isServiceDown: boolean;
      /** No connection stood: nothing was sent, and nobody has seen the request. */
      readonly hasReachedNobody: boolean;
      /** Milliseconds that the service asked to be left alone; null when it did not say. */
      readonly retryAfterMs: number | null;
    }
  /** 429: worth another attempt, and this one does not count. */
  | { readonly kind: 'rate_limited'; readonly error: RequestError; readonly retryAfterMs: number | null }
  /** The caller's signal fired, the client was closed, or its time was over before it could be sent. */
  | { readonly kind: 'aborted' };
