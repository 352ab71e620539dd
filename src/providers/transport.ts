import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import type { Trace } from '../base/tracing.ts';
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
  /** `signal` ends the call and everything that is read of it, by closing its connection. */
  post(path: string, body: string, options: PostOptions): Promise<ServerResponse>;
  /** A page of the server itself, beside its /v1, on a connection of its own. */
  get(path: string, signal: AbortSignal): Promise<ServerResponse>;
}

const load = createRequire(import.meta.url);

/** Behind the last event of a stream comes its end: with so much patience for it the connection can be used again. */
const REST = { ms: 50, bytes: 4_096 } as const;
/** An unreachable address is given up after this, where no deadline is shorter. */
const CONNECT_TIMEOUT_MS = 10_000;

export function createTransport({ baseUrl, apiKey, headers = {} }: ModelServer): Transport {
  // Loaded here: without a model server a start does without its 110 ms of CPU.
  const { Agent } = load('undici') as typeof import('undici');
  // Its own time-outs are off: each call has a deadline over everything.
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: CONNECT_TIMEOUT_MS } });
  const { origin, pathname, search } = new URL(baseUrl);
  const sent = {
    accept: 'text/event-stream, application/json',
    // A compressed answer could be small on the wire and huge in memory.
    'accept-encoding': 'identity',
    'user-agent': 'ai-ipc',
    ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
    ...lowerCased(headers),
  };

  async function send(
    path: string,
    { method, body = null }: { method: 'GET' | 'POST'; body?: string | null },
    { signal, trace }: PostOptions,
  ): Promise<ServerResponse> {
    const answer = await agent.request({
      origin,
      // A query, such as api-version, belongs to every path.
      path: `${path}${search}`,
      method,
      body,
      headers: body === null ? sent : { ...sent, 'content-type': 'application/json', ...trace },
      reset: method === 'GET',
      signal,
    });
    const { headers: received } = answer;
    return {
      status: answer.statusCode,
      header(name) {
        const value = received[name];
        return Array.isArray(value) ? value[0] : value;
      },
      body: untilLeft(answer.body),
    };
  }

  const base = pathname.replace(/\/+$/, '');
  const root = base.replace(/\/v1$/, '');
  return {
    post: (path, body, options) => send(base + path, { method: 'POST', body }, options),
    get: (path, signal) => send(root + path, { method: 'GET' }, { signal }),
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

async function* untilLeft(body: Readable): AsyncGenerator<Uint8Array> {
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
