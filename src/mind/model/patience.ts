import type { Clock } from '../../base/clock.ts';
import { deadlineOf } from '../../base/deadline-signal.ts';
import { within } from '../../base/within.ts';

/** What a server tells of itself is waited for so long, and no more than this part of what is left of the deadline. */
const LOOK_UP = { mostMs: 300, part: 0.25 } as const;

/** How long one talk waits for what its server tells, all together. */
export class Patience {
  readonly #clock: Clock;
  readonly #untilMs: number;

  constructor(clock: Clock, signal: AbortSignal) {
    const nowMs = clock.nowMs();
    this.#clock = clock;
    this.#untilMs = nowMs + Math.min(LOOK_UP.mostMs, (deadlineOf(signal) - nowMs) * LOOK_UP.part);
  }

  /** null when it is over before; what is waited for never rejects. */
  async waitFor<T>(work: Promise<T>): Promise<T | null> {
    const leftMs = Math.max(0, this.#untilMs - this.#clock.nowMs());
    return await within(work, { ms: leftMs, late: () => null, clock: this.#clock });
  }
}
