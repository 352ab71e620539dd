import type { ModelServer } from './provider.ts';

/** The time that one answer of a model may take. */
export interface CallDeadline {
  /** Aborted when the caller gives up, or the server's timeoutMs is over. */
  readonly signal: AbortSignal;
  /** The answer is there: nothing is aborted any more. */
  end(): void;
}

export function startCallDeadline(
  { clock, timeoutMs }: Pick<ModelServer, 'clock' | 'timeoutMs'>,
  given: AbortSignal,
): CallDeadline {
  const over = new AbortController();
  const ended = new AbortController();
  const abort = () => over.abort();
  if (given.aborted) abort();
  given.addEventListener('abort', abort, { once: true });
  const waiting = clock.sleep(timeoutMs, ended.signal).then(() => {
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
