import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { AiIpcError } from '../base/errors.ts';
import type { Events } from '../base/events.ts';
import { joinHostAndPort, splitHostAndPort } from '../base/host-and-port.ts';
import { type Lifecycle, Loop } from '../base/lifecycle.ts';
import { type MonitorPages, sendJson } from './monitor-pages.ts';

export interface MonitorOptions {
  /** host:port */
  readonly listen: string;
  readonly pages: MonitorPages;
  readonly events: Events;
  readonly clock: Clock;
}

/** A port that another program has may be free soon: the worker before this one may just be ending. */
const RETRY_MS = 30_000;
const LISTENING_REST_MS = 3_600_000;
/** Prometheus needs one, and so does whoever looks with curl. */
const MOST_CONNECTIONS = 32;
const NOTHING_HERE = { error: 'There is nothing here but /metrics, /healthz and /readyz.' };
/** Whoever asks sends a few hundred bytes. */
const REQUEST_TIMEOUT_MS = 5_000;

/**
 * Serves /metrics, /healthz and /readyz. A port that cannot be had is told, and tried again: NPCs do not fall silent for
 * want of figures.
 */
export class MonitorServer implements Lifecycle {
  readonly #options: MonitorOptions;
  readonly #loop: Loop;
  #server: Server | undefined;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#loop = new Loop({
      clock: options.clock,
      turn: () => this.#listen(),
      onError: (error) => {
        options.events.emit('monitorFailed', { address: options.listen, error, retryInMs: RETRY_MS });
        return RETRY_MS;
      },
    });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    const server = this.#server;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  async #listen(): Promise<number> {
    if (this.#server !== undefined) return LISTENING_REST_MS;
    const { listen, events, pages } = this.#options;
    const place = splitHostAndPort(listen);
    if (place === undefined) throw new AiIpcError('bad_settings', `${listen} is not host:port.`);
    const server = createServer(
      { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
      (request, response) => {
        if (!pages(request, response)) sendJson(response, 404, NOTHING_HERE);
      },
    );
    server.maxConnections = MOST_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(place.port, place.host, resolve);
    });
    // A connection that cannot be taken in (too many files are open) must not end the worker.
    server.on('error', () => undefined);
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    events.emit('monitorStarted', { url: `http://${joinHostAndPort(place.host, port)}` });
    return LISTENING_REST_MS;
  }
}
