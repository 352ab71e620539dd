import type { Clock } from '../../base/clock.ts';
import { deadlineOf, noteDeadline } from '../../base/deadline-signal.ts';

/** The time that one of several minds may take. */
export interface TimeShare {
  /** Aborted when it is over, or the caller gives up. */
  readonly signal: AbortSignal;
  /** The answer is there: nothing is aborted any more. */
  end(): void;
}

/** Half of what is left: the one that is wanted gets most, and whoever comes after it still has time to answer. */
const PART = 0.5;

/** Where nobody knows the deadline, or nobody would answer after it, all of the time. */
export function startShare(
  given: AbortSignal,
  { clock, isLast }: { readonly clock: Clock; readonly isLast: boolean },
): TimeShare {
  const leftMs = deadlineOf(given) - clock.nowMs();
  if (isLast || !Number.isFinite(leftMs)) return { signal: given, end: () => undefined };
  const shareMs = Math.max(0, leftMs * PART);
  const over = new AbortController();
  const ended = new AbortController();
  const abort = () => over.abort();
  if (given.aborted) abort();
  given.addEventListener('abort', abort, { once: true });
  noteDeadline(over.signal, clock.nowMs() + shareMs);
  const waiting = clock.sleep(shareMs, ended.signal).then(() => {
    if (!ended.signal.aborted) abort();
  });
  // A clock never rejects; were it to, the caller's own signal is still there.
  waiting.catch(() => undefined);
  return {
    signal: over.signal,
    end() {
      given.removeEventListener('abort', abort);
      ended.abort();
    },
  };
}
