import type { Clock } from '../base/clock.ts';
import { AiIpcError } from '../base/errors.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import { clampTimeoutSeconds, isPossibleId } from '../queue/request-rules.ts';
import { type AskResult, askFailure, requestErrorOf } from './ask-result.ts';
import type { WaitOptions } from './request-input.ts';
import { abandon, waitForEnd } from './wait-for-end.ts';

interface Asking {
  readonly store: QueueStore;
  readonly clock: Clock;
  /** The life of a request that names none. */
  readonly defaultTimeoutSeconds: () => Promise<number>;
}

/** Inserts a request by `insert` and waits for its end. */
export async function ask<Answer>(
  { store, clock, defaultTimeoutSeconds }: Asking,
  insert: () => Promise<number>,
  { signal, timeoutSeconds }: WaitOptions,
): Promise<AskResult<Answer>> {
  let id: number | null = null;
  try {
    signal?.throwIfAborted();
    id = await insert();
    const lifeSeconds = clampTimeoutSeconds(timeoutSeconds ?? (await defaultTimeoutSeconds()));
    return await waitForEnd<Answer>({ store, clock, id, isOurs: true, lifeSeconds, signal });
  } catch (error) {
    if (signal?.aborted) throw await abandon({ store, clock }, id, signal);
    return askFailure(id ?? -1, id === null ? 'failed' : 'pending', requestErrorOf(error));
  }
}

/** Waits for the end of a request that is there already; where nobody waits any more, it goes on. */
export async function wait<Answer>(
  { store, clock, defaultTimeoutSeconds }: Asking,
  id: number,
  { signal, timeoutSeconds }: WaitOptions,
): Promise<AskResult<Answer>> {
  const lifeSeconds = clampTimeoutSeconds(timeoutSeconds ?? (await defaultTimeoutSeconds()));
  try {
    signal?.throwIfAborted();
    if (!isPossibleId(id))
      return askFailure(id, 'failed', { code: 'bad_id', message: `There is no request ${id}.` });
    return await waitForEnd<Answer>({ store, clock, id, isOurs: false, lifeSeconds, signal });
  } catch (error) {
    if (!signal?.aborted) return askFailure(id, 'pending', requestErrorOf(error));
    const message = `The wait was aborted; the request ${id} goes on.`;
    throw new AiIpcError('aborted', message, { cause: signal.reason });
  }
}
