interface Listening {
  readonly listeners: Set<() => void>;
  readonly tell: () => void;
}

const LISTENING = new WeakMap<AbortSignal, Listening>();

/**
 * Calls `listener` when the signal, which is not aborted yet, is; unless what is returned is called before. All of a signal
 * have one listener at it together: a caller's may be the same for thousands of asks, and Node warns of a leak at 11 and
 * looks through all for each one. Nor does Node's own `{ signal }` take a listener away where garbage was collected before.
 */
export function onceAborted(signal: AbortSignal, listener: () => void): () => void {
  const listening = LISTENING.get(signal) ?? listenTo(signal);
  listening.listeners.add(listener);
  return () => {
    if (listening.listeners.delete(listener) && listening.listeners.size === 0) leave(signal, listening);
  };
}

function listenTo(signal: AbortSignal): Listening {
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
    listeners.clear();
    leave(signal, listening);
  };
  const listening: Listening = { listeners, tell };
  signal.addEventListener('abort', tell);
  LISTENING.set(signal, listening);
  return listening;
}

function leave(signal: AbortSignal, { tell }: Listening): void {
  signal.removeEventListener('abort', tell);
  LISTENING.delete(signal);
}
