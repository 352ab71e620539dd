import type { Readable } from 'node:stream';
import type { Trace } from '../base/tracing.ts';
import { openSendingWay, type Received, send } from '../network/send.ts';
import type { NamedProxy } from '../network/way.ts';
import type { Body } from './answer-body.ts';
import type { ModelServer } from './provider.ts';

/** What a server answered, before its body is read. */
export interface ServerResponse {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** To be read to its end, or left: then the connection is closed, and the server stops. */
  readonly body: Body;
}

interface PostOptions {
  readonly signal: AbortSignal;
  /** Headers of this call alone. */
  readonly trace?: Trace | undefined;
}

/** Sends calls to one model server. Redirects are not followed: the key and what players say go to no other address. */
export interface Transport {
  /** The proxy by which it is reached; undefined for none. */
  readonly proxy: NamedProxy | undefined;
  /** `signal` ends the call and everything that is read of it, by closing its connection. */
  post(path: string, body: string, options: PostOptions): Promise<ServerResponse>;
  /** A page of the server itself, beside its /v1, on a connection of its own. */
  get(path: string, signal: AbortSignal): Promise<ServerResponse>;
}

/** Behind the last event of a stream comes its end: with so much patience for it the connection can be used again. */
const REST = { ms: 50, bytes: 4_096 } as const;
/** An unreachable address is given up after this, where no deadline is shorter. */
export const CONNECT_TIMEOUT_MS = 10_000;

export function createTransport({ baseUrl, apiKey, headers = {}, network }: ModelServer): Transport {
  const { origin, pathname, search } = new URL(baseUrl);
  // Without a model server, a start does without loading what this takes.
  const way = openSendingWay(origin, { ...network, connectTimeoutMs: CONNECT_TIMEOUT_MS });
  const sent = {
    accept: 'text/event-stream, application/json',
    // A compressed answer could be small on the wire and huge in memory.
    'accept-encoding': 'identity',
    'user-agent': 'ai-ipc',
    ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
    ...lowerCased(headers),
  };
  const base = pathname.replace(/\/+$/, '');
  const root = base.replace(/\/v1$/, '');
  return {
    proxy: way.proxy,
    async post(path, body, { signal, trace }) {
      const all = { ...sent, 'content-type': 'application/json', ...trace };
      // A query, such as api-version, belongs to every path.
      return untilLeft(
        await send(way, { method: 'POST', path: `${base}${path}${search}`, headers: all, body, signal }),
      );
    },
    async get(path, signal) {
      const asked = { path: `${root}${path}${search}`, headers: sent, signal, isLast: true };
      return untilLeft(await send(way, { method: 'GET', ...asked }));
    },
  };
}

function untilLeft(answer: Received): ServerResponse {
  return { ...answer, body: readUntilLeft(answer.body) };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

async function* readUntilLeft(body: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of body.iterator({ destroyOnReturn: false })) yield bytes;
  } finally {
    if (!body.destroyed && !body.readableEnded) await readRest(body);
  }
}

/** The answer is there, or was given up: how its connection ends changes nothing. */
function readRest(body: Readable): Promise<void> {
  let bytes = 0;
  const timer = setTimeout(() => body.destroy(), REST.ms);
  body.on('error', () => undefined);
  body.on('data', (chunk: Uint8Array) => {
    bytes += chunk.byteLength;
    if (bytes > REST.bytes) body.destroy();
  });
  return new Promise((resolve) => {
    body.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
