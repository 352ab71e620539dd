import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import { HEARD, IS_IT_HEARD, idOfRing, ringBackOf } from '../base/doorbell-note.ts';
import { AiIpcError } from '../base/errors.ts';
import type { Events } from '../base/events.ts';
import { joinHostAndPort, splitHostAndPort } from '../base/host-and-port.ts';
import { type Lifecycle, StartStop } from '../base/lifecycle.ts';
import { FloodGuard } from './flood-guard.ts';
import { type Ringer, Ringers } from './ringers.ts';

export interface DoorbellOptions {
  /** host:port to listen on; port 0 takes any free one. null: no doorbell. */
  readonly bind: string | null;
  /** host:port that clients are told; null tells the address that it listens on. */
  readonly advertise: string | null;
  readonly onRing: () => void;
  readonly events: Events;
  readonly clock: Clock;
}

/** So often another program may take the port that was free a moment ago. */
const MOST_TRIES = 3;

/**
 * Listens for datagrams that say "there is work"; the poll finds the work without them. What is in them is no matter, but
 * for one that asks whether it was heard, and one whose caller wants to be rung back.
 */
export class Doorbell implements Lifecycle {
  readonly #options: DoorbellOptions;
  readonly #startStop = new StartStop('doorbell');
  readonly #ringers = new Ringers();
  #socket: Socket | undefined;
  #guard: FloodGuard | undefined;
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

  /** Who is being told something still hears it: Node sends it after what runs now. */
  stop(): Promise<void> {
    return this.#startStop.stop(async () => {
      await turn();
      this.#takeDown();
    });
  }

  /**
   * This request has ended, as the database says by now: whoever rang for it on this machine hears so, and looks sooner than
   * by himself. Nobody does while the doorbell is deaf to a flood.
   */
  ringBack(id: number): void {
    const ringer = this.#ringers.take(id);
    if (ringer !== undefined && this.#guard?.isDeaf === false) this.#tell(ringBackOf(id), ringer);
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
    this.#guard?.stop();
    this.#socket?.close();
    this.#socket = undefined;
  }

  async #listen(bind: string): Promise<void> {
    const { host, port } = parseAddress(bind);
    const { onRing, clock } = this.#options;
    const socket = port === 0 ? await bindAnyPort(host, MOST_TRIES) : await bindTo(host, port);
    // At once: whatever fails then closes it.
    this.#socket = socket;
    const guard = new FloodGuard(socket, { clock, onHearing: onRing });
    this.#guard = guard;
    socket.on('message', (message, caller) => {
      if (!guard.hears()) return;
      onRing();
      if (message.equals(IS_IT_HEARD)) this.#tell(HEARD, caller);
      const id = idOfRing(message);
      if (id !== undefined) this.#ringers.remember(id, caller);
    });
    socket.on('error', (error) => this.#fail(error));
    this.#address = this.#options.advertise ?? joinHostAndPort(host, socket.address().port);
  }

  /** Whoever has gone meanwhile does not miss it. */
  #tell(note: Buffer, { address, port }: Ringer): void {
    // A datagram may name no port to answer to; Node throws at that.
    if (port !== 0) this.#socket?.send(note, port, address, () => undefined);
  }

  #fail(error: unknown): void {
    this.#takeDown();
    this.#options.events.emit('doorbellFailed', { error });
  }
}

async function bindTo(host: string, port: number): Promise<Socket> {
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4' });
  try {
    socket.bind(port, host);
    await once(socket, 'listening');
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** Any free port, taken by its number: one that the system chose is lost when the guard hears again. */
async function bindAnyPort(host: string, tries: number): Promise<Socket> {
  const any = await bindTo(host, 0);
  const { port } = any.address();
  await new Promise<void>((resolve) => any.close(() => resolve()));
  try {
    return await bindTo(host, port);
  } catch (error) {
    if (tries <= 1) throw error;
    return await bindAnyPort(host, tries - 1);
  }
}

/** host:port as two; an IPv6 host may stand in brackets. */
export function parseAddress(address: string): { host: string; port: number } {
  const split = splitHostAndPort(address);
  if (split !== undefined) return split;
  throw new AiIpcError('bad_settings', `${address} is not host:port, such as 127.0.0.1:0.`);
}
