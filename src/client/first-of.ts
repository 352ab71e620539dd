import { onceAborted } from '../base/aborted.ts';
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
  const abort = abortOf(signal);
  try {
    return await Promise.race([done, late, abort.first]);
  } finally {
    abort.leave();
    wakeUp(settled);
  }
}

/**
 * The same; but when the time is over, the work has `graceMs` more from then on, and not from its beginning: where the process
 * stood still meanwhile, what came in that time is only taken now.
 */
export async function firstWithGrace<T>(
  work: Promise<T>,
  { graceMs, ...limits }: Limits & { readonly graceMs: number },
): Promise<First<T>> {
  const first = await firstOf(work, limits);
  return first.kind === 'late' ? await firstOf(work, { ...limits, ms: graceMs }) : first;
}

/** Resolves after `ms`, or at once when `signal` aborts. */
export async function pause(limits: Limits): Promise<void> {
  await firstOf(new Promise(() => undefined), limits);
}

async function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  for (let leftMs = ms; leftMs > 0 && !signal.aborted; leftMs -= LONGEST_SLEEP_MS)
    await clock.sleep(Math.min(leftMs, LONGEST_SLEEP_MS), signal);
}

function abortOf(signal: AbortSignal | undefined): {
  readonly first: Promise<First<never>>;
  readonly leave: () => void;
} {
  let leave = (): void => undefined;
  const first = new Promise<First<never>>((resolve) => {
    if (signal === undefined) return;
    const abort = () => resolve({ kind: 'aborted', signal });
    if (signal.aborted) abort();
    else leave = onceAborted(signal, abort);
  });
  return { first, leave: () => leave() };
}
