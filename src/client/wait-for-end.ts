import { type Backoff, backoffMs } from '../base/backoff.ts';
import { type Clock, wakeUp } from '../base/clock.ts';
import { AiIpcError, type RequestError } from '../base/errors.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import { isEnded, type RequestStatus, type RequestView } from '../queue/request.ts';
import { type AskResult, askFailure, askResultOf } from './ask-result.ts';
import { firstOf, firstWithGrace, pause } from './first-of.ts';
import { RingBack } from './ring-back.ts';

/** An answer is looked for after 2 ms, then ever less often, in the end every 50 ms. */
const LOOKS = { firstMs: 2, longestMs: 50, factor: 1.5 } as const;
/** And so where a worker most likely rings back: each look takes CPU from what is looked for, where all is on one machine. */
const LOOKS_BESIDE_RING: Backoff = { firstMs: 20, longestMs: 200, factor: 1.5 };
/** After a request's life the worker needs a moment to write its end; without any worker nobody does. */
export const AFTER_LIFE_MS = 3_000;
/** And the last look, or the last moment of an INSERT, so long. A database that is away is not waited for any longer: it took 17 s. */
export const LAST_LOOK_MS = 1_000;
/** Whoever gives up does not wait for a database that hangs; a cancel takes a few milliseconds. */
export const GIVE_UP_WITHIN_MS = 3_000;

/**
 * The next read may go to a server that has not got the write yet (a node of Galera, a replica behind a splitter): a row
 * is gone when it was missing for so long. Three nodes under load were behind by less than half a second.
 */
const BEHIND_MS = 3_000;

const GONE: RequestError = { code: 'bad_id', message: 'The request was deleted before it ended.' };
const UNSERVED: RequestError = {
  code: 'expired',
  message: 'No worker ended the request within its life. Is `ai-ipc worker` running on this database?',
};

export interface Waiting {
  readonly store: QueueStore;
  readonly clock: Clock;
  readonly id: number;
  /** Whether it was inserted by us: then it is there, and only not to be seen yet. Any other number may be wrong. */
  readonly isOurs: boolean;
  readonly lifeSeconds: number;
  readonly signal: AbortSignal | undefined;
  /** Where a worker may say that it has ended; whether one does is not relied upon. */
  readonly ringBack?: RingBack;
}

/**
 * Looks at a request until it has ended, for 4 s longer than it lives at the most. Rejects with the signal's reason at once
 * when it aborts; a look at a database that hangs ends later, by its own limit.
 */
export async function waitForEnd<Answer = unknown>(waiting: Waiting): Promise<AskResult<Answer>> {
  const { id, clock, signal, lifeSeconds } = waiting;
  const seen: Seen = { status: 'pending' };
  const ms = lifeSeconds * 1000 + AFTER_LIFE_MS;
  const patience = { clock, ms, graceMs: LAST_LOOK_MS, signal };
  const first = await firstWithGrace(lookUntilEnd<Answer>(waiting, seen), patience);
  if (first.kind === 'done') return first.value;
  if (first.kind === 'aborted') throw first.signal.reason;
  const message = `The database did not answer when the life of the request ${id} was over: how it ends is not known.`;
  return askFailure(id, seen.status, { code: 'database_unavailable', message });
}

/** The status as it was last read. */
interface Seen {
  status: RequestStatus;
}

async function lookUntilEnd<Answer>(
  { store, clock, id, isOurs, lifeSeconds, signal, ringBack = new RingBack() }: Waiting,
  seen: Seen,
): Promise<AskResult<Answer>> {
  const untilMs = clock.nowMs() + lifeSeconds * 1000 + AFTER_LIFE_MS;
  let missingUntilMs = isOurs ? untilMs : Math.min(untilMs, clock.nowMs() + BEHIND_MS);
  let createdAt: string | undefined;
  let rests = 0;
  const rest = () => {
    rests += 1;
    return ringBack.rest(backoffMs(ringBack.isExpected ? LOOKS_BESIDE_RING : LOOKS, rests), {
      clock,
      signal,
    });
  };
  // What was stored a moment ago has not ended yet.
  if (isOurs) await rest();
  for (;;) {
    signal?.throwIfAborted();
    const view = await readUntil(untilMs, { store, clock, id, signal });
    const nowMs = clock.nowMs();
    if (view === undefined) {
      if (nowMs >= missingUntilMs)
        return askFailure(id, 'failed', createdAt === undefined ? neverSeen(id, isOurs) : GONE);
    } else {
      createdAt ??= view.createdAt;
      seen.status = view.status;
      // After a TRUNCATE ids begin anew: this one may be another player's by now.
      if (view.createdAt !== createdAt) return askFailure(id, 'failed', GONE);
      if (isEnded(view.status)) return askResultOf(view);
      if (nowMs >= untilMs) return askFailure(id, view.status, UNSERVED);
      missingUntilMs = Math.min(untilMs, nowMs + BEHIND_MS);
    }
    await rest();
  }
}

function neverSeen(id: number, isOurs: boolean): RequestError {
  const message = isOurs
    ? `The request ${id} was stored, and no read has found it: it was deleted, or reads go to a server that is behind (docs/proxies.md).`
    : `There is no request ${id}.`;
  return { code: 'bad_id', message };
}

/** The database may be away for a moment: the request is in it and goes on being served afterwards. */
async function readUntil(
  untilMs: number,
  { store, clock, id, signal }: Pick<Waiting, 'store' | 'clock' | 'id' | 'signal'>,
): Promise<RequestView | undefined> {
  for (;;) {
    try {
      return await store.read(id);
    } catch (error) {
      const isPassing = error instanceof AiIpcError && error.code === 'database_unavailable';
      if (!isPassing || clock.nowMs() >= untilMs) throw error;
      await pause({ clock, ms: LOOKS.longestMs, signal });
      signal?.throwIfAborted();
    }
  }
}

/**
 * Nobody waits for the answer any more: the request is cancelled, as well as that can be done in a short time. Returns
 * the error that says so, or that nobody knows.
 */
export async function abandon(
  { store, clock }: Pick<Waiting, 'store' | 'clock'>,
  id: number,
  signal: AbortSignal,
): Promise<AiIpcError> {
  const aborted = (message: string, cause: unknown) =>
    new AiIpcError('aborted', `The wait was aborted; ${message}`, { cause });
  const unknown = `whether the request ${id} is cancelled is not known, for the database did not answer.`;
  const overdue = new AbortController();
  const cancelled = cancelOnceSeen({ store, clock, id, signal: overdue.signal }).then(
    (how) => aborted(`the request ${how}.`, signal.reason),
    (error: unknown) => aborted(unknown, error),
  );
  const first = await firstOf(cancelled, { clock, ms: GIVE_UP_WITHIN_MS, signal: undefined });
  wakeUp(overdue);
  return first.kind === 'done' ? first.value : aborted(unknown, signal.reason);
}

/** A cancel that finds nothing may have been sent to a server that has not got the request yet: then it is sent again. */
async function cancelOnceSeen({
  store,
  clock,
  id,
  signal,
}: Pick<Waiting, 'store' | 'clock' | 'id'> & { signal: AbortSignal }): Promise<'is cancelled' | 'had ended'> {
  for (;;) {
    if (await store.cancel(id)) return 'is cancelled';
    const view = await store.read(id);
    if (view !== undefined && isEnded(view.status))
      return view.status === 'cancelled' ? 'is cancelled' : 'had ended';
    await clock.sleep(LOOKS.longestMs, signal);
    signal.throwIfAborted();
  }
}
