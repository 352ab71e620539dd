import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { AiCall } from '../../src/ai/ai-client.ts';

/** One call that the stub received, whole. */
interface StubCall {
  readonly method: string;
  /** With its query, as it stood in the request line. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly idempotencyKey: string | undefined;
  /** performance.now() when its body had come. */
  readonly atMs: number;
}

/** Answers one call, or does to it what a broken service would. */
export type Behaviour = (call: StubCall, response: ServerResponse) => void;

/**
 * A loopback address of this process alone: a stub that is down keeps its port from everybody who listens on 127.0.0.1. Once
 * the service of another test got it, and answered in its place.
 */
const HOST = `127.${1 + ((process.pid >> 16) & 63)}.${(process.pid >> 8) & 255}.${process.pid & 255 || 1}`;

/** An AI service that does what a test wants: good answers, and every trouble a network can make. */
export interface AiStub {
  readonly url: string;
  readonly port: number;
  /** Every call since the start or the last clear(), in order. */
  readonly calls: readonly StubCall[];
  /** The most calls that were open at the same time since then. */
  readonly peak: number;
  readonly inFlight: number;
  /** TCP connections that are open now. */
  readonly connections: number;
  /** TCP connections that were ever made. */
  readonly connectionsMade: number;
  callsTo(path: string): StubCall[];
  /** Replaces what this path (without query) does; the rules of `routeOf` hold for all others. */
  behave(path: string, behaviour: Behaviour): void;
  /** Replaces what every path does, until clear(). */
  behaveAlways(behaviour: Behaviour): void;
  /** Forgets calls, peak and replaced behaviours. */
  clear(): void;
  /** Stops listening and cuts every connection: the service is down. */
  goDown(): Promise<void>;
  /** Listens again, on the same port. */
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** A call for tests that look at something else than the call. */
export function callTo(endpoint: string, changes: Partial<AiCall> = {}): AiCall {
  return {
    method: 'POST',
    endpoint,
    body: '{"message":"Hello"}',
    headers: { 'Idempotency-Key': 'queue-1-1700000000000' },
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** Starts a stub on a free loopback port. */
export async function startAiStub(): Promise<AiStub> {
  const stub = new HttpStub();
  await stub.comeBack();
  return stub;
}

/** The behaviours, to be used with `behave` or by path (see `routeOf`). */
export const behaviours = {
  /** 200 with {echo: the request's data, path}. */
  echo: (): Behaviour => (call, response) =>
    sendJson(response, { echo: parseOr(call.body), path: call.path }),
  json:
    (value: unknown, options: { status?: number; headers?: Record<string, string> } = {}): Behaviour =>
    (_call, response) =>
      sendJson(response, value, options),
  /** These bytes, as they are; chunked = without content-length. */
  raw:
    (body: string | Buffer, options: RawOptions = {}): Behaviour =>
    (_call, response) =>
      sendRaw(response, body, options),
  empty: (status = 200): Behaviour => behaviours.raw('', { status }),
  status: (status: number, options: { retryAfter?: string; body?: unknown } = {}): Behaviour =>
    behaviours.json(options.body ?? { detail: `stub status ${status}` }, {
      status,
      headers: options.retryAfter === undefined ? {} : { 'retry-after': options.retryAfter },
    }),
  redirect: (location: string, status = 302): Behaviour =>
    behaviours.raw('', { status, headers: { location } }),
  /** A JSON string of exactly this many bytes. */
  sized: (bytes: number, options: RawOptions = {}): Behaviour =>
    behaviours.raw(`"${'x'.repeat(bytes - 2)}"`, {
      headers: { 'content-type': 'application/json' },
      ...options,
    }),
  invalidUtf8: (): Behaviour =>
    behaviours.raw(Buffer.from([0x22, 0xff, 0xfe, 0x22]), {
      headers: { 'content-type': 'application/json' },
    }),
  delayed:
    (ms: number, then: Behaviour = behaviours.echo()): Behaviour =>
    (call, response) => {
      const timer = setTimeout(() => then(call, response), ms);
      response.on('close', () => clearTimeout(timer));
    },
  never: (): Behaviour => () => undefined,
  /** Headers at once, then one byte every so often, for ever. */
  trickle:
    (everyMs = 20): Behaviour =>
    (_call, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('"');
      const timer = setInterval(() => response.write('x'), everyMs);
      response.on('close', () => clearInterval(timer));
    },
  /** Writes this text as it stands, and resets or ends the connection. */
  cut: (text: string, by: 'reset' | 'end' = 'reset'): Behaviour => writeThen(text, by),
  resetBeforeHeaders: (): Behaviour => (_call, response) => {
    response.socket?.resetAndDestroy();
  },
  resetInHeaders: (): Behaviour => writeThen('HTTP/1.1 200 OK\r\ncontent-ty', 'reset'),
  resetInBody: (): Behaviour => writeThen('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"text":', 'reset'),
  closeInBody: (): Behaviour =>
    writeThen('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{"text":\r\n', 'end'),
  /** Announces more bytes than it sends. */
  tooLongLength: (): Behaviour =>
    writeThen('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"text":"short"}', 'end'),
  /** Announces fewer bytes than it sends. */
  tooShortLength: (): Behaviour =>
    writeThen('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{"text":"short"}', 'end'),
  notHttp: (): Behaviour => writeThen('220 mail.example.org ESMTP ready\r\n', 'end'),
} satisfies Record<string, (...args: never[]) => Behaviour>;

export interface RawOptions {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly isChunked?: boolean;
}

/**
 * What a path does when no test said otherwise, so that other processes can choose too: /delay/{ms}, /status/{code}
 * (with ?retry-after=…), /sized/{bytes}, /chunked/{bytes}, /trickle/{ms} and the names of `PLAIN_ROUTES`; else echo.
 */
function routeOf(path: string): Behaviour {
  const url = new URL(path.startsWith('/') ? `http://stub${path}` : 'http://stub/');
  const [, name = '', value = ''] = url.pathname.split('/');
  switch (name) {
    case 'delay':
      return behaviours.delayed(Number(value));
    case 'status': {
      const retryAfter = url.searchParams.get('retry-after');
      return behaviours.status(Number(value), retryAfter === null ? {} : { retryAfter });
    }
    case 'sized':
      return behaviours.sized(Number(value));
    case 'chunked':
      return behaviours.sized(Number(value), { isChunked: true });
    case 'trickle':
      return behaviours.trickle(Number(value) || 20);
    default:
      return PLAIN_ROUTES.get(name) ?? behaviours.echo();
  }
}

const PLAIN_ROUTES: ReadonlyMap<string, Behaviour> = new Map([
  ['empty', behaviours.empty()],
  ['no-content', behaviours.empty(204)],
  ['html', behaviours.raw('<html>Welcome</html>', { headers: { 'content-type': 'text/html' } })],
  ['not-json', behaviours.raw('{"text": ', { headers: { 'content-type': 'application/json' } })],
  [
    'text',
    behaviours.raw('Hello, "traveller"!', { headers: { 'content-type': 'text/plain; charset=utf-8' } }),
  ],
  ['redirect', behaviours.redirect('/echo')],
  ['invalid-utf8', behaviours.invalidUtf8()],
  ['never', behaviours.never()],
  ['reset-before-headers', behaviours.resetBeforeHeaders()],
  ['reset-in-headers', behaviours.resetInHeaders()],
  ['reset-in-body', behaviours.resetInBody()],
  ['close-in-body', behaviours.closeInBody()],
  ['too-long-length', behaviours.tooLongLength()],
  ['too-short-length', behaviours.tooShortLength()],
  ['not-http', behaviours.notHttp()],
]);

class HttpStub implements AiStub {
  readonly #server = createServer((request, response) => this.#receive(request, response));
  readonly #sockets = new Set<Socket>();
  readonly #behaviours = new Map<string, Behaviour>();
  #always: Behaviour | undefined;
  #calls: StubCall[] = [];
  #port = 0;
  #inFlight = 0;
  #peak = 0;
  #connectionsMade = 0;

  constructor() {
    this.#server.on('connection', (socket) => {
      this.#connectionsMade += 1;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  get url(): string {
    return `http://${HOST}:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  get calls(): readonly StubCall[] {
    return this.#calls;
  }

  get peak(): number {
    return this.#peak;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  get connectionsMade(): number {
    return this.#connectionsMade;
  }

  callsTo(path: string): StubCall[] {
    return this.#calls.filter((call) => withoutQuery(call.path) === path);
  }

  behave(path: string, behaviour: Behaviour): void {
    this.#behaviours.set(path, behaviour);
  }

  behaveAlways(behaviour: Behaviour): void {
    this.#always = behaviour;
  }

  clear(): void {
    this.#calls = [];
    this.#peak = this.#inFlight;
    this.#behaviours.clear();
    this.#always = undefined;
  }

  async goDown(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async comeBack(): Promise<void> {
    if (this.#server.listening) return;
    this.#server.listen(this.#port, HOST);
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await this.goDown();
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#inFlight += 1;
    this.#peak = Math.max(this.#peak, this.#inFlight);
    response.on('close', () => {
      this.#inFlight -= 1;
    });
    const body = await readBody(request);
    if (body === undefined) return;
    const call = recordOf(request, body);
    this.#calls.push(call);
    const behaviour = this.#always ?? this.#behaviours.get(withoutQuery(call.path)) ?? routeOf(call.path);
    behaviour(call, response);
  }
}

/** undefined when the client went away before its body was whole. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    request.on('end', () => resolve(Buffer.concat(chunks).toString()));
    request.on('close', () => resolve(undefined));
  });
}

function recordOf(request: IncomingMessage, body: string): StubCall {
  const key = request.headers['idempotency-key'];
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body,
    idempotencyKey: Array.isArray(key) ? key[0] : key,
    atMs: performance.now(),
  };
}

function sendJson(
  response: ServerResponse,
  value: unknown,
  options: { status?: number; headers?: Record<string, string> } = {},
): void {
  const headers = { 'content-type': 'application/json', ...options.headers };
  sendRaw(response, JSON.stringify(value), { ...options, headers });
}

function sendRaw(response: ServerResponse, body: string | Buffer, options: RawOptions): void {
  response.writeHead(options.status ?? 200, {
    ...options.headers,
    ...(options.isChunked ? {} : { 'content-length': Buffer.byteLength(body) }),
  });
  // In two writes, because node:http adds a content-length of its own to a body in one.
  if (options.isChunked) response.write(body);
  response.end(options.isChunked ? undefined : body);
}

function writeThen(text: string, then: 'reset' | 'end'): Behaviour {
  return (_call, { socket }) => {
    socket?.write(text, () => {
      // The bytes must have left before a reset, which throws away what was not sent.
      if (then === 'reset') setImmediate(() => socket.resetAndDestroy());
      else socket.end();
    });
  };
}

function withoutQuery(path: string): string {
  return path.split('?', 1)[0] ?? path;
}

function parseOr(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Data that is not JSON is shown as it came.
    return body;
  }
}
