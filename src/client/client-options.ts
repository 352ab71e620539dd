import type { Clock } from '../base/clock.ts';

/** The life of a request where neither the caller nor a living worker says one. */
export const DEFAULT_TIMEOUT_SECONDS = 30;
/** What `cleanup` spares where the caller says nothing. */
export const DEFAULT_AGE_SECONDS = 3_600;

export interface ClientOptions {
  /** The life in seconds of a request that names none. Default: what the living workers tell, else 30. */
  readonly timeoutSeconds?: number;
  readonly clock?: Clock;
}
