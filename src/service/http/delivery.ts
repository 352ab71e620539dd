import type { HttpBindings } from '@hono/node-server';

/** What the server tells an endpoint of the connection; nothing where an app is called without one. */
export interface ServerEnv {
  Bindings: Partial<HttpBindings>;
}

/** Aborted when the caller's connection is closed: it has its answer, or hung up. Never where there is no connection. */
export function leavingOf({ outgoing }: Partial<HttpBindings> = {}): AbortSignal {
  const left = new AbortController();
  if (outgoing?.destroyed) left.abort();
  outgoing?.once('close', () => left.abort());
  return left.signal;
}

/** Whether the answer to this request was handed over whole: false when the caller hung up before. */
export function deliveryOf({ outgoing }: Partial<HttpBindings> = {}): Promise<boolean> {
  if (outgoing === undefined) return Promise.resolve(true);
  if (outgoing.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    outgoing.once('close', () => resolve(outgoing.writableFinished));
  });
}
