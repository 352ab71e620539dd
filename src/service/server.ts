import { createServer as createHttpServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { type Clock, systemClock } from '../base/clock.ts';
import { AiIpcError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { packageVersion } from '../base/version.ts';
import { createApp } from './app.ts';
import { loadPersonas } from './persona-book.ts';
import { createScriptedProvider } from './providers/scripted.ts';

export interface ServiceOptions {
  /** 0 takes any free port. Default 8000. */
  readonly port?: number;
  /** Default 127.0.0.1: whoever reaches the service may use it. */
  readonly host?: string;
  /** Adds /api/v1/test/delay/{ms} and /api/v1/test/status/{code}. Default false. */
  readonly hasTestEndpoints?: boolean;
  /** A folder of persona files. Default: those of the package. */
  readonly personasDir?: string;
  readonly logger: Logger;
  readonly clock?: Clock;
}

interface ServiceAddress {
  /** Without a slash at the end, such as http://127.0.0.1:8000. */
  readonly url: string;
  readonly port: number;
}

/** The AI service's life. It starts once and stops once. */
export interface Service {
  /** Resolves when it listens. Throws AiIpcError port_in_use, bad_argument or persona_invalid. */
  start(): Promise<ServiceAddress>;
  /** Takes no new connections, waits up to 3 s for answers in the making, then cuts what is left. */
  stop(): Promise<void>;
}

export const DEFAULT_PORT = 8000;
export const DEFAULT_HOST = '127.0.0.1';

/** An offline answer takes a millisecond; systemd waits 90 s, a person at a terminal about this long. */
const STOP_GRACE_MS = 3_000;
/** A body of a megabyte on a slow line; what trickles longer than this is cut with 408. */
const REQUEST_TIMEOUT_MS = 30_000;

/** The AI service: health, dialogue, decide and emotion over HTTP. */
export function createService(options: ServiceOptions): Service {
  const clock = options.clock ?? systemClock;
  const stopped = new AbortController();
  let running: Running | undefined;
  return {
    async start() {
      const { port, host } = checkAddress(options);
      if (running) throw new AiIpcError('bad_argument', 'This AI service was started twice.');
      const server = await createServer(options, { clock, stopped: stopped.signal });
      running = { server, answers: trackAnswers(server) };
      return listen(server, { port, host });
    },
    async stop() {
      if (running?.server.listening) await close(running, { clock, stopped });
    },
  };
}

interface Running {
  readonly server: Server;
  readonly answers: ReadonlySet<ServerResponse>;
}

interface Stopping {
  readonly clock: Clock;
  readonly stopped: AbortController;
}

async function createServer(
  { logger, personasDir, hasTestEndpoints = false }: ServiceOptions,
  { clock, stopped }: { clock: Clock; stopped: AbortSignal },
): Promise<Server> {
  const personas = await loadPersonas(personasDir);
  const mind = { personas, provider: createScriptedProvider(personas.personas) };
  const app = createApp({ mind, version: packageVersion(), logger, clock, hasTestEndpoints, stopped });
  const handle = getRequestListener(app.fetch);
  const timeouts = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS };
  // handle never rejects: the app answers what it throws, and the listener the rest.
  return createHttpServer(timeouts, (request, answer) => void handle(request, answer));
}

function checkAddress({ port = DEFAULT_PORT, host = DEFAULT_HOST }: ServiceOptions): {
  port: number;
  host: string;
} {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return { port, host };
  throw new AiIpcError(
    'bad_argument',
    `The port ${port} is not one. Give a number from 0 (any free port) to 65535.`,
  );
}

function listen(server: Server, { port, host }: { port: number; host: string }): Promise<ServiceAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(toListenError(error, { port, host })));
    server.listen(port, host, () => resolve(toAddress(server.address(), host)));
  });
}

function toAddress(address: AddressInfo | string | null, host: string): ServiceAddress {
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://${isIPv6(host) ? `[${host}]` : host}:${port}`, port };
}

function toListenError(error: Error, { port, host }: { port: number; host: string }): AiIpcError {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    const message = `Port ${port} on ${host} is in use by another program. Stop that one, or choose another port with --port (0 takes any free one).`;
    return new AiIpcError('port_in_use', message, { cause: error });
  }
  const message = `The AI service cannot listen on ${host}, port ${port}: ${messageOf(error)}. Choose another --host or --port.`;
  return new AiIpcError('bad_argument', message, { cause: error });
}

/** Answers in the making, so that stopping can end their connections with them. */
function trackAnswers(server: Server): Set<ServerResponse> {
  const answers = new Set<ServerResponse>();
  server.prependListener('request', (_, answer: ServerResponse) => {
    if (!server.listening) answer.setHeader('Connection', 'close');
    answers.add(answer);
    answer.once('close', () => answers.delete(answer));
  });
  return answers;
}

async function close({ server, answers }: Running, { clock, stopped }: Stopping): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A kept-alive connection would hold the server open for 5 s after its last answer.
  for (const answer of answers) if (!answer.headersSent) answer.setHeader('Connection', 'close');
  const done = new AbortController();
  const cut = clock.sleep(STOP_GRACE_MS, done.signal).then(() => {
    stopped.abort();
    server.closeAllConnections();
  });
  await closed;
  done.abort();
  await cut;
}
