import { type Clock, systemClock } from './clock.ts';

interface Limit<L> {
  readonly ms: number;
  /** What is given in place of what did not come; it may throw. */
  readonly late: () => L;
  readonly clock?: Clock;
}

/**
 * Resolves with what `work` gives, or with what `late` gives when it takes longer. Rejects where the one that came first does.
 * Work that is late goes on, and whatever becomes of it, nobody is told.
 */
export async function within<T, L>(
  work: Promise<T>,
  { ms, late, clock = systemClock }: Limit<L>,
): Promise<T | L> {
  const settled = new AbortController();
  const over = clock.sleep(ms, settled.signal).then(() => {
    if (!settled.signal.aborted) return late();
    // Nobody looks at it any more.
    return undefined as L;
  });
  // Heard by nobody once the work has won.
  over.catch(() => undefined);
  try {
    return await Promise.race([work, over]);
  } finally {
    settled.abort();
  }
}
