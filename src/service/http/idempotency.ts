import type { Clock } from '../../base/clock.ts';
import { isRefusal, type Refusal, refuse } from './http-error.ts';

/** A worker tries a request again for as long as its life, which is minutes; a day is what the contract promises. */
const KEEP_MS = 24 * 3_600_000;
/** An answer takes about 1 KB: 100 MB at most. */
const MAX_KEYS = 100_000;

/**
 * Answers by their Idempotency-Key, so that what is sent again is answered as before and made once. In this process. Our
 * worker makes the key in worker/ai-call.ts; what counts as the same request says answer-once.ts.
 */
export interface Idempotency<T extends object> {
  /**
   * What `make` gives, or gave for the same key and fingerprint: an answer of the last 24 hours, or the one that is still
   * in the making. Refusals and errors are not kept: the next one tries anew, and so does each one that waited. The same
   * key with another fingerprint is refused (key_reused).
   */
  run(key: string, fingerprint: string, make: () => Promise<T>): Promise<T | Refusal>;
}

export interface IdempotencyOptions {
  readonly clock: Clock;
  /** Default 100,000: beyond it the oldest answers go. */
  readonly maxKeys?: number;
}

interface Kept<T> {
  readonly fingerprint: string;
  readonly atMs: number;
  readonly answer: T;
}

interface Making<T> {
  readonly fingerprint: string;
  /** Undefined when nothing came of it that is kept. It never rejects. */
  readonly answer: Promise<T | undefined>;
}

export function createIdempotency<T extends object>({
  clock,
  maxKeys = MAX_KEYS,
}: IdempotencyOptions): Idempotency<T> {
  /** In the order of their times. */
  const kept = new Map<string, Kept<T>>();
  const making = new Map<string, Making<T>>();

  function forgetOld(): void {
    const nowMs = clock.nowMs();
    for (const [key, { atMs }] of kept) {
      if (kept.size <= maxKeys && nowMs - atMs < KEEP_MS) return;
      kept.delete(key);
    }
  }

  function keep(key: string, fingerprint: string, answer: T): void {
    kept.set(key, { fingerprint, answer, atMs: clock.nowMs() });
    forgetOld();
  }

  async function makeOnce(key: string, fingerprint: string, make: () => Promise<T>): Promise<T> {
    const { promise, resolve } = settleLater<T | undefined>();
    making.set(key, { fingerprint, answer: promise });
    let toKeep: T | undefined;
    try {
      const answer = await make();
      if (!isRefusal(answer)) {
        toKeep = answer;
        keep(key, fingerprint, answer);
      }
      return answer;
    } finally {
      making.delete(key);
      resolve(toKeep);
    }
  }

  return {
    async run(key, fingerprint, make) {
      for (;;) {
        forgetOld();
        const known = kept.get(key) ?? making.get(key);
        if (known === undefined) return await makeOnce(key, fingerprint, make);
        if (known.fingerprint !== fingerprint) return keyReused(key);
        const answer = await known.answer;
        if (answer !== undefined) return answer;
      }
    },
  };
}

function settleLater<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function keyReused(key: string): Refusal {
  const message =
    `The Idempotency-Key ${JSON.stringify(key.slice(0, 100))} was used for another request. ` +
    'Give each request a key of its own, and send it again only with the same body to the same place.';
  return refuse('key_reused', message);
}
