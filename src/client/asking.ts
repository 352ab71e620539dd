import type { Clock } from '../base/clock.ts';
import { AiIpcError, messageOf, type RequestError } from '../base/errors.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import type { RequestStatus } from '../queue/request.ts';
import { clampTimeoutSeconds, isPossibleId } from '../queue/request-rules.ts';
import { type AskResult, askFailure, requestErrorOf } from './ask-result.ts';
import { DEFAULT_TIMEOUT_SECONDS } from './client-options.ts';
import { firstOf, firstWithGrace } from './first-of.ts';
import type { RingBacks } from './ring-back.ts';
import { AFTER_LIFE_MS, abandon, GIVE_UP_WITHIN_MS, LAST_LOOK_MS, waitForEnd } from './wait-for-end.ts';

interface Asking {
  readonly store: QueueStore;
  readonly clock: Clock;
  readonly ringBacks: RingBacks;
}

/** A request that is in the queue. */
export interface Stored {
  readonly id: number;
  readonly lifeSeconds: number;
}

export interface Patience {
  readonly signal: AbortSignal | undefined;
  /** How long the database may take to store the request: as long as that would live, as far as that is known before. */
  readonly lifeSeconds: number;
}

const NOT_TAKEN: RequestError = {
  code: 'fate_unknown',
  message:
    'The database did not take the request within its life. Whether it is stored is not known; once that is seen, it is cancelled, unless it was answered before.',
};

/** Inserts a request by `insert` and waits for its end. */
export async function ask<Answer>(
  asking: Asking,
  insert: () => Promise<Stored>,
  { signal, lifeSeconds }: Patience,
): Promise<AskResult<Answer>> {
  if (signal?.aborted) throw aborted('The wait was aborted before anything was asked.', signal.reason);
  try {
    const ms = clampTimeoutSeconds(lifeSeconds) * 1000 + AFTER_LIFE_MS;
    const storing = insert();
    const patience = { clock: asking.clock, ms, graceMs: LAST_LOOK_MS, signal };
    const first = await firstWithGrace(storing, patience);
    if (first.kind === 'aborted') throw await abandonStoring(asking, storing, first.signal);
    if (first.kind === 'done') return await waitForStored<Answer>(asking, first.value, signal);
    cancelWhenStored(asking, storing);
    return askFailure(-1, 'failed', NOT_TAKEN);
  } catch (error) {
    if (error instanceof AiIpcError && error.code === 'aborted') throw error;
    const [id = -1] = error instanceof AiIpcError ? error.requestIds : [];
    return askFailure(id, id === -1 ? 'failed' : 'pending', requestErrorOf(error));
  }
}

async function waitForStored<Answer>(
  { store, clock, ringBacks }: Asking,
  { id, lifeSeconds }: Stored,
  signal: AbortSignal | undefined,
): Promise<AskResult<Answer>> {
  try {
    return await ringBacks.awaitFor(id, (ringBack) =>
      waitForEnd<Answer>({ store, clock, id, isOurs: true, lifeSeconds, signal, ringBack }),
    );
  } catch (error) {
    if (signal?.aborted) throw await abandon({ store, clock }, id, signal);
    return unknownEnd(id, 'pending', error);
  }
}

/** Its reads failed: what became of it stands in a table that nobody can read now. */
function unknownEnd(id: number, status: RequestStatus, error: unknown): AskResult<never> {
  const { code, message } = requestErrorOf(error);
  const words =
    code === 'database_unavailable' ? `How the request ${id} ends is not known: ${message}` : message;
  return askFailure(id, status, { code, message: words });
}

/**
 * Nobody waits any more for a request that is just being stored: once it is, it is cancelled. Returns the error that says
 * what is known of it after a short time.
 */
async function abandonStoring(
  asking: Asking,
  storing: Promise<Stored>,
  signal: AbortSignal,
): Promise<AiIpcError> {
  const unknown = 'The wait was aborted; whether the request is stored is not known';
  const abandoned = storing.then(
    ({ id }) => abandon(asking, id, signal),
    (error: unknown) =>
      error instanceof AiIpcError && error.code === 'fate_unknown'
        ? aborted(`${unknown}. ${messageOf(error)}`, error)
        : aborted('The wait was aborted; the request was not stored.', signal.reason),
  );
  const first = await firstOf(abandoned, { clock: asking.clock, ms: GIVE_UP_WITHIN_MS, signal: undefined });
  if (first.kind === 'done') return first.value;
  return aborted(
    `${unknown}: the database did not answer. Once that is seen, it is cancelled, unless it was answered before.`,
    signal.reason,
  );
}

/**
 * Whoever waited has left: what comes of it is heard by nobody, and what is not cancelled expires.
 * By a number that is not sure nothing is cancelled: after a crash it may be another player's.
 */
function cancelWhenStored({ store }: Asking, storing: Promise<Stored>): void {
  storing.then(({ id }) => store.cancel(id)).catch(() => undefined);
}

function aborted(message: string, cause: unknown): AiIpcError {
  return new AiIpcError('aborted', message, { cause });
}

/** Waits for the end of a request that is there already; where nobody waits any more, it goes on. */
export async function wait<Answer>(
  { store, clock }: Asking,
  id: number,
  {
    signal,
    lifeSeconds,
  }: { readonly signal: AbortSignal | undefined; readonly lifeSeconds: () => Promise<number> },
): Promise<AskResult<Answer>> {
  const goesOn = (reason: unknown) => aborted(`The wait was aborted; the request ${id} goes on.`, reason);
  const life = await firstOf(lifeSeconds(), { clock, ms: GIVE_UP_WITHIN_MS, signal });
  if (life.kind === 'aborted') throw goesOn(life.signal.reason);
  const seconds = clampTimeoutSeconds(life.kind === 'done' ? life.value : DEFAULT_TIMEOUT_SECONDS);
  try {
    if (!isPossibleId(id))
      return askFailure(id, 'failed', { code: 'bad_id', message: `There is no request ${id}.` });
    return await waitForEnd<Answer>({ store, clock, id, isOurs: false, lifeSeconds: seconds, signal });
  } catch (error) {
    if (signal?.aborted) throw goesOn(signal.reason);
    return unknownEnd(id, 'pending', error);
  }
}
