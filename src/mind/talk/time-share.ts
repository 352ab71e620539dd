import type { Clock } from '../../base/clock.ts';
import { deadlineOf, noteDeadline } from '../../base/deadline-signal.ts';
import { startTimeLimit, type TimeLimit } from '../../base/time-limit.ts';

/** Half of what is left: the one that is wanted gets most, and whoever comes after it still has time to answer. */
const PART = 0.5;

/**
 * The time that one of several minds may take: where nobody knows the deadline, or nobody would answer after it, all
 * that there is.
 */
export function startShare(
  given: AbortSignal,
  { clock, isLast }: { readonly clock: Clock; readonly isLast: boolean },
): TimeLimit {
  const leftMs = deadlineOf(given) - clock.nowMs();
  if (isLast || !Number.isFinite(leftMs)) return { signal: given, end: () => undefined };
  const shareMs = Math.max(0, leftMs * PART);
  const limit = startTimeLimit(clock, shareMs, given);
  noteDeadline(limit.signal, clock.nowMs() + shareMs);
  return limit;
}
