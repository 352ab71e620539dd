import { type Clock, wakeUp } from './clock.ts';

/** The time that something may take. */
export interface TimeLimit {
  /** Aborted when it is over, or whoever set it gives up: then with the reason given there. */
  readonly signal: AbortSignal;
  /** It is done: nothing is aborted any more. */
  end(): void;
}

/** So many milliseconds from now, or until `given` is aborted. */
export function startTimeLimit(clock: Clock, ms: number, given: AbortSignal): TimeLimit {
  const over = new AbortController();
  const ended = new AbortController();
  const abort = () => over.abort(given.reason);
  if (given.aborted) abort();
  given.addEventListener('abort', abort, { once: true });
  const waiting = clock.sleep(ms, ended.signal).then(() => {
    if (!ended.signal.aborted) over.abort();
  });
  // A clock never rejects; were it to, the caller's own signal is still there.
  waiting.catch(() => undefined);
  return {
    signal: over.signal,
    end() {
      given.removeEventListener('abort', abort);
      wakeUp(ended);
    },
  };
}
