import { setTimeout as delay } from 'node:timers/promises';

/** Monotonic time and waiting, passed in so that tests can replace time. The wall clock is never compared. */
export interface Clock {
  /** Milliseconds on a clock that never goes back; only differences mean something. */
  nowMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // An abort only ends the wait early: the caller looks at its signal.
      if (!signal?.aborted) throw error;
    }
  },
};
