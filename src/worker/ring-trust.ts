/** A ring comes after the COMMIT: a look by itself may be that much sooner. */
const LATE_RING_MS = 100;
/** As long as somebody has inserted without ringing, such as plain SQL, the looks come as often as `poll_interval_ms` says. */
const DISTRUST_MS = 60_000;

/** Whether everybody who inserts seems to ring: then looks that nobody rang for find nothing, and may be fewer. */
export class RingTrust {
  #ringMs = Number.NEGATIVE_INFINITY;
  #unrungMs = Number.NEGATIVE_INFINITY;

  /** The doorbell was rung. */
  noteRing(nowMs: number): void {
    this.#ringMs = nowMs;
    if (nowMs - this.#unrungMs <= LATE_RING_MS) this.#unrungMs = Number.NEGATIVE_INFINITY;
  }

  /** A look found something, rung for or not. */
  noteFound(nowMs: number): void {
    if (nowMs - this.#ringMs > LATE_RING_MS) this.#unrungMs = nowMs;
  }

  /** Not before the first ring: it may be that none gets here. */
  isEarned(nowMs: number): boolean {
    return Number.isFinite(this.#ringMs) && nowMs - this.#unrungMs > DISTRUST_MS;
  }
}
