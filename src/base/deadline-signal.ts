/** When signals will be aborted, where that is known beforehand. */
const DEADLINES = new WeakMap<AbortSignal, number>();

/** Why a signal is aborted before its deadline: nobody waits for the answer any more. */
const GIVEN_UP = new Error('Nobody waits for this answer any more.');

/** Aborts what is done for somebody who has left. */
export function giveUp(work: AbortController): void {
  work.abort(GIVEN_UP);
}

/** Whether the one who asked has left; false where a deadline is over. */
export function isGivenUp(signal: AbortSignal): boolean {
  return signal.reason === GIVEN_UP;
}

/** Notes when a signal will be aborted, on the monotonic clock. */
export function noteDeadline(signal: AbortSignal, atMs: number): void {
  DEADLINES.set(signal, atMs);
}

/** When the signal will be aborted at the latest; Infinity where nobody noted it. */
export function deadlineOf(signal: AbortSignal): number {
  return DEADLINES.get(signal) ?? Number.POSITIVE_INFINITY;
}
