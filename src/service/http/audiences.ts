import type { Clock } from '../../base/clock.ts';

/**
 * A worker whose connection broke comes again with the same key after 250 ms or a little more, and its answer may still be in
 * the making. Whoever left for good should not keep a slot of the model's server for a second.
 */
const RETURN_MS = 500;

interface Audience {
  present: number;
  /** Ends the making of the answer; null while none is made. */
  giveUp: (() => void) | null;
}

interface Making<T> {
  readonly make: () => Promise<T>;
  readonly giveUp: () => void;
}

/** Who waits for the answers in the making, by their Idempotency-Keys. */
export class Audiences {
  readonly #clock: Clock;
  readonly #audiences = new Map<string, Audience>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One more waits for the answer of this key, until `left` is aborted. */
  enter(key: string, left: AbortSignal): void {
    const audience = this.#audienceOf(key);
    audience.present += 1;
    const leave = () => this.#leave(key, audience);
    if (left.aborted) leave();
    else left.addEventListener('abort', leave, { once: true });
  }

  /** Makes the answer, for as long as somebody waits for it or may come back. */
  async make<T>(key: string, { make, giveUp }: Making<T>): Promise<T> {
    const audience = this.#audienceOf(key);
    audience.giveUp = giveUp;
    try {
      return await make();
    } finally {
      audience.giveUp = null;
      this.#forget(key, audience);
    }
  }

  #audienceOf(key: string): Audience {
    const known = this.#audiences.get(key);
    if (known !== undefined) return known;
    const audience = { present: 0, giveUp: null };
    this.#audiences.set(key, audience);
    return audience;
  }

  #leave(key: string, audience: Audience): void {
    audience.present -= 1;
    this.#forget(key, audience);
    if (audience.present > 0 || audience.giveUp === null) return;
    const waited = this.#clock.sleep(RETURN_MS).then(() => {
      if (audience.present === 0) audience.giveUp?.();
    });
    // A clock never rejects; were it to, the deadline ends the answer.
    waited.catch(() => undefined);
  }

  #forget(key: string, audience: Audience): void {
    if (audience.present === 0 && audience.giveUp === null) this.#audiences.delete(key);
  }
}
