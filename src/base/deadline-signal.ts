/** When signals will be aborted, where that is known beforehand. */
const DEADLINES = new WeakMap<AbortSignal, number>();

/** Notes when a signal will be aborted, on the monotonic clock. */
export function noteDeadline(signal: AbortSignal, atMs: number): void {
  DEADLINES.set(signal, atMs);
}

/** When the signal will be aborted at the latest; Infinity where nobody noted it. */
export function deadlineOf(signal: AbortSignal): number {
  return DEADLINES.get(signal) ?? Number.POSITIVE_INFINITY;
}
