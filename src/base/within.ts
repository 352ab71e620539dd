import { type Clock, systemClock, wakeUp } from './clock.ts';

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
  const done = work.then((value) => ({ value }));
  try {
    const first = await Promise.race([done, clock.sleep(ms, settled.signal)]);
    return first === undefined ? late() : first.value;
  } finally {
    wakeUp(settled);
  }
}
