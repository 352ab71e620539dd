import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { openWay, type Way, type WayOptions } from './way.ts';

/** What was answered, before its body is read. */
export interface Received {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: Readable;
}

export interface Sent {
  readonly method: 'GET' | 'POST';
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | null;
  readonly signal: AbortSignal;
  /** The connection is closed behind it. */
  readonly isLast?: boolean;
}

const load = createRequire(import.meta.url);

/** A way whose calls are sent by `send`. The whole of undici is loaded for it, which takes 110 ms of CPU. */
export function openSendingWay(url: string, options: WayOptions): Way {
  load('undici');
  return openWay(url, options);
}

/** One call; redirects are not followed. Rejects where no answer begins. */
export async function send(
  { dispatcher, before, headers: always }: Way,
  { method, path, headers, body = null, signal, isLast = false }: Sent,
): Promise<Received> {
  // The origin is the dispatcher's own.
  const { request } = dispatcher as Dispatcher;
  const answer = await request.call(dispatcher, {
    ...{ path: before + path, method, body, headers: { ...headers, ...always }, reset: isLast, signal },
  } as Dispatcher.RequestOptions);
  const { headers: received } = answer;
  return {
    status: answer.statusCode,
    header(name) {
      const value = received[name];
      return Array.isArray(value) ? value[0] : value;
    },
    body: answer.body,
  };
}

/** What is not to be read: its connection is closed. */
export function leave({ body }: Received): void {
  body.on('error', () => undefined);
  body.destroy();
}
