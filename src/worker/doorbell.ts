import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { AiIpcError } from '../base/errors.ts';
import type { Events } from '../base/events.ts';
import { joinHostAndPort, splitHostAndPort } from '../base/host-and-port.ts';
import { type Lifecycle, StartStop } from '../base/lifecycle.ts';

export interface DoorbellOptions {
  /** host:port to listen on; port 0 takes any free one. null: no doorbell. */
  readonly bind: string | null;
  /** host:port that clients are told; null tells the address that it listens on. */
  readonly advertise: string | null;
  readonly onRing: () => void;
  readonly events: Events;
}

/** Listens for datagrams that say "there is work". What is in them is never read; the poll finds the work without them. */
export class Doorbell implements Lifecycle {
  readonly #options: DoorbellOptions;
  readonly #startStop = new StartStop('doorbell');
  #socket: Socket | undefined;
  #address: string | null = null;

  constructor(options: DoorbellOptions) {
    this.#options = options;
  }

  /** What clients ring: host:port, or null without a doorbell. */
  get address(): string | null {
    return this.#address;
  }

  /** A doorbell that cannot be hung up is reported and done without. */
  start(): Promise<void> {
    return this.#startStop.start(() => this.#hang());
  }

  stop(): Promise<void> {
    return this.#startStop.stop(async () => this.#takeDown());
  }

  async #hang(): Promise<void> {
    if (this.#options.bind === null) return;
    try {
      await this.#listen(this.#options.bind);
    } catch (error) {
      this.#fail(error);
    }
  }

  #takeDown(): void {
    this.#address = null;
    this.#socket?.close();
    this.#socket = undefined;
  }

  async #listen(bind: string): Promise<void> {
    const { host, port } = parseAddress(bind);
    const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4' });
    this.#socket = socket;
    socket.bind(port, host);
    await once(socket, 'listening');
    socket.on('message', () => this.#options.onRing());
    socket.on('error', (error) => this.#fail(error));
    this.#address = this.#options.advertise ?? joinHostAndPort(host, socket.address().port);
  }

  #fail(error: unknown): void {
    this.#takeDown();
    this.#options.events.emit('doorbellFailed', { error });
  }
}

/** host:port as two; an IPv6 host may stand in brackets. */
export function parseAddress(address: string): { host: string; port: number } {
  const split = splitHostAndPort(address);
  if (split !== undefined) return split;
  throw new AiIpcError('bad_settings', `${address} is not host:port, such as 127.0.0.1:0.`);
}
