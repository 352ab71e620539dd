import { type Backoff, backoffMs } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';

/** Where a server asks for fewer calls and does not say when to come again. */
const BACKOFF: Backoff = { firstMs: 500, longestMs: 10_000 };
/** A longer Retry-After is a mistake, or a quota: then one call an hour finds out that it is over. */
const LONGEST_MS = 3_600_000;

/** The time in which a server that asked for fewer calls gets none at all. */
export class LoadRest {
  readonly #clock: Clock;
  #untilMs = Number.NEGATIVE_INFINITY;
  #inARow = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long it still lasts; 0 when a call may be made. */
  leftMs(): number {
    return Math.max(0, this.#untilMs - this.#clock.nowMs());
  }

  /** The server asked for fewer calls; returns how long it is left alone. A shorter wish never ends a longer one. */
  begin(retryAfterMs: number | null): number {
    // What was under way when the rest began says nothing new.
    if (this.leftMs() === 0) this.#inARow += 1;
    const restMs = Math.min(retryAfterMs ?? backoffMs(BACKOFF, this.#inARow), LONGEST_MS);
    this.#untilMs = Math.max(this.#untilMs, this.#clock.nowMs() + restMs);
    return this.leftMs();
  }

  /** It answered: the next rest without a Retry-After is a short one again. */
  answered(): void {
    this.#inARow = 0;
  }
}
