import { createServer as createHttpServer, type Server, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type Clock, systemClock } from '../base/clock.ts';
import { type Lifecycle, StartStop } from '../base/lifecycle.ts';
import { listen, type ServerAddress } from '../base/listen.ts';
import type { Logger } from '../base/logger.ts';
import { SERVER_TIMEOUTS } from '../base/server-timeouts.ts';
import type { ServiceSettings } from '../config/load.ts';
import type { ProfanityFilter } from '../mind/answer/profanity.ts';
import type { ServiceDatabase } from './base/service-database.ts';
import { checkAddress, DEFAULT_HOST, LISTEN_WORDS } from './http/listen.ts';
import { oneAtATime } from './http/one-at-a-time.ts';
import { createParts, type ServiceParts } from './service-parts.ts';

export { DEFAULT_HOST, DEFAULT_PORT } from './http/listen.ts';

export interface ServiceOptions {
  /** 0 takes any free port. Default 8000. */
  readonly port?: number;
  /** Default 127.0.0.1: whoever reaches the service may use it. */
  readonly host?: string;
  /** Adds /api/v1/test/delay/{ms} and /api/v1/test/status/{code}. Default false. */
  readonly hasTestEndpoints?: boolean;
  /** What is left out is at its default; see docs/settings.md. */
  readonly settings?: Partial<ServiceSettings>;
  /** Opens the database in which NPCs remember; without it they remember nothing. The service closes it. */
  readonly openDatabase?: () => Promise<ServiceDatabase>;
  /** What runs as long as the service, over the same database, which is null while it cannot be used. */
  readonly beside?: (present: () => ServiceDatabase | null) => readonly Lifecycle[];
  /** A filter of the server's own for what NPCs say; it must not make a text empty. */
  readonly profanityFilter?: ProfanityFilter;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** The AI service's life: a Lifecycle whose start tells where it listens. */
export interface Service {
  /** Resolves when it listens. Throws AiIpcError port_in_use, bad_argument or persona_invalid. */
  start(): Promise<ServerAddress>;
  /** Takes no new connections, waits up to 3 s for answers in the making, then cuts what is left. */
  stop(): Promise<void>;
}

/** An offline answer takes a millisecond; systemd waits 90 s, a person at a terminal about this long. */
const STOP_GRACE_MS = 3_000;

/** The AI service: what NPCs say, do, feel and remember, over HTTP. */
export function createService(options: ServiceOptions): Service {
  const clock = options.clock ?? systemClock;
  const stopped = new AbortController();
  const startStop = new StartStop('AI service');
  let running: Running | undefined;

  async function begin(): Promise<ServerAddress> {
    const address = checkAddress(options);
    const parts = await createParts(options, { clock, stopped: stopped.signal });
    const answers = new Set<ServerResponse>();
    const server = createServer(parts, { ...options, clock, answers });
    try {
      const listening = await listen(server, address, LISTEN_WORDS);
      running = { server, parts, answers };
      return listening;
    } catch (error) {
      await parts.stop();
      throw error;
    }
  }

  return {
    start: () => startStop.start(begin),
    stop: () =>
      startStop.stop(async () => {
        if (running) await close(running, { clock, stopped });
      }),
  };
}

interface Running {
  readonly server: Server;
  readonly parts: ServiceParts;
  readonly answers: ReadonlySet<ServerResponse>;
}

interface Stopping {
  readonly clock: Clock;
  readonly stopped: AbortController;
}

interface ServerTools {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Those in the making. */
  readonly answers: Set<ServerResponse>;
}

function createServer({ app, monitor }: ServiceParts, { logger, clock, answers }: ServerTools): Server {
  // The name stands in for a Host that HTTP/1.0 may leave out; nothing depends on it.
  const handle = getRequestListener(app.fetch, { hostname: DEFAULT_HOST });
  const respond = oneAtATime((request, answer) => {
    track(answer, { server, answers });
    if (monitor.pages(request, answer)) return;
    const startMs = clock.nowMs();
    answer.once('finish', () =>
      monitor.noteCall({ path: request.url ?? '/', status: answer.statusCode, ms: clock.nowMs() - startMs }),
    );
    // The app answers what it throws, and the listener the rest: this is a bug of either, and costs one connection.
    handle(request, answer).catch((error: unknown) => {
      logger.error({ err: error }, 'AI service request failed');
      answer.destroy();
    });
  });
  const server = createHttpServer(SERVER_TIMEOUTS, respond);
  return server;
}

/** So that stopping can end the connection with the answer. */
function track(
  answer: ServerResponse,
  { server, answers }: { readonly server: Server; readonly answers: Set<ServerResponse> },
): void {
  if (!server.listening) answer.setHeader('Connection', 'close');
  answers.add(answer);
  answer.once('close', () => answers.delete(answer));
}

async function close({ server, answers, parts }: Running, { clock, stopped }: Stopping): Promise<void> {
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
  await parts.stop();
}
