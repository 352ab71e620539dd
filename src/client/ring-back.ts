import type { Clock } from '../base/clock.ts';
import { firstOf } from './first-of.ts';

interface Resting {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/** For one who waits for the end of a request: his rests between two looks, and the ring back that ends one of them. */
export class RingBack {
  readonly #isLikely: boolean;
  #state: 'awaited' | 'rung' | 'heard' = 'awaited';
  #wake: (() => void) | undefined;

  /** `isLikely`: the last one who waited was rung back. */
  constructor({ isLikely = false }: { readonly isLikely?: boolean } = {}) {
    this.#isLikely = isLikely;
  }

  /** Whether looks may be few, since a ring will most likely say when to look. */
  get isExpected(): boolean {
    return this.#isLikely && !this.wasRung;
  }

  get wasRung(): boolean {
    return this.#state !== 'awaited';
  }

  /** The request is said to have ended. Whoever guesses its number may say so: that is worth one look, and no second one. */
  ring(): void {
    if (this.#state !== 'awaited') return;
    this.#state = 'rung';
    this.#wake?.();
  }

  /** Rests for `ms`, or until `signal` aborts. The ring ends this rest, or the next one if it comes between two. */
  async rest(ms: number, { clock, signal }: Resting): Promise<void> {
    const rung = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#state !== 'rung') await firstOf(rung, { clock, ms, signal });
    if (this.#state === 'rung') this.#state = 'heard';
  }
}

/** Who waits in this process, and for which request. */
export class RingBacks {
  readonly #waiting = new Map<number, RingBack>();
  /** Whether the one whose wait ended last was rung back, be it by a stranger: that costs the next one 0.2 s at most. */
  #wasLastRung = false;

  /** A worker says that this request has ended. */
  ring(id: number): void {
    this.#waiting.get(id)?.ring();
  }

  /** Until `wait` is over, a ring for this request is its. */
  async awaitFor<T>(id: number, wait: (ringBack: RingBack) => Promise<T>): Promise<T> {
    const ringBack = new RingBack({ isLikely: this.#wasLastRung });
    this.#waiting.set(id, ringBack);
    try {
      return await wait(ringBack);
    } finally {
      this.#wasLastRung = ringBack.wasRung;
      // After a TRUNCATE ids begin anew: it may be a later one's by now.
      if (this.#waiting.get(id) === ringBack) this.#waiting.delete(id);
    }
  }
}
