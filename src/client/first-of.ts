import { type Clock, wakeUp } from '../base/clock.ts';

/** What came first. Work that is still under way goes on; whoever began it has it. */
export type First<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'late' }
  | { readonly kind: 'aborted'; readonly signal: AbortSignal };

interface Limits {
  readonly clock: Clock;
  readonly ms: number;
  readonly signal: AbortSignal | undefined;
}

/** The longest that a Node timer takes; a request may live for a year. */
const LONGEST_SLEEP_MS = 2_147_483_647;

/** Resolves with the first of these: the work is done, its time is over, `signal` is aborted. Rejects where the work does. */
export async function firstOf<T>(work: Promise<T>, { clock, ms, signal }: Limits): Promise<First<T>> {
  const settled = new AbortController();
  const done = work.then((value): First<T> => ({ kind: 'done', value }));
  const late = sleep(clock, ms, settled.signal).then((): First<T> => ({ kind: 'late' }));
  try {
    return await Promise.race([
      done,
      late,
      ...(signal === undefined ? [] : [onAbort(signal, settled.signal)]),
    ]);
  } finally {
    wakeUp(settled);
  }
}

async function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  for (let leftMs = ms; leftMs > 0 && !signal.aborted; leftMs -= LONGEST_SLEEP_MS)
    await clock.sleep(Math.min(leftMs, LONGEST_SLEEP_MS), signal);
}

function onAbort(signal: AbortSignal, settled: AbortSignal): Promise<First<never>> {
  return new Promise((resolve) => {
    const abort = () => resolve({ kind: 'aborted', signal });
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { signal: settled });
  });
}
