/**
 * Anybody on the network may ring a doorbell that listens there. So many looks of rings that find nothing are made in a
 * window; the next look is at its end. 20 are one for each of 200 requests a second that other workers took.
 */
const RING_WINDOW_MS = 100;
const EMPTY_LOOKS_A_WINDOW = 20;

/** Counts the looks that rings caused since one found something, by windows that begin with the first. */
export class RingLimit {
  readonly #nowMs: () => number;
  #windowEndMs = Number.NEGATIVE_INFINITY;
  #looks = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** How long no ring is answered; 0 while the window has looks left. */
  get pauseMs(): number {
    return this.#looks < EMPTY_LOOKS_A_WINDOW ? 0 : Math.max(0, this.#windowEndMs - this.#nowMs());
  }

  /** Returns which look of its window this one is. */
  countLook(): number {
    const nowMs = this.#nowMs();
    if (this.#looks === 0 || nowMs >= this.#windowEndMs) {
      this.#looks = 0;
      this.#windowEndMs = nowMs + RING_WINDOW_MS;
    }
    this.#looks++;
    return this.#looks;
  }

  clear(): void {
    this.#looks = 0;
  }
}
