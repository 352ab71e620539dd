import type { Socket } from 'node:dgram';
import type { Clock } from '../base/clock.ts';

/** A burst of 64 requests is heard whole; more in one window is a flood, or work that keeps the worker looking anyway. */
const MOST_RINGS = 64;
const WINDOW_MS = 100;
/** Nobody sends from the port of a service that throws away what comes. */
const DISCARD_PORT = 9;
/** Some ten datagrams wait at most: one that says "look" is as good as a hundred. */
const WAITING_BYTES = 8_192;
const LOOPBACK: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

export interface FloodGuardOptions {
  readonly clock: Clock;
  /** Called when it hears again: a ring may have been missed. */
  readonly onHearing: () => void;
}

/**
 * Hearing a datagram costs Node some 10 µs: whoever sends 100,000 a second had the worker do nothing else. After 64 in
 * 100 ms the socket is connected to a port that never sends, and the kernel drops those of all others before anybody wakes
 * up; 100 ms later it hears again. It keeps its port meanwhile, if that was asked for by its number.
 */
export class FloodGuard {
  readonly #socket: Socket;
  readonly #options: FloodGuardOptions;
  readonly #stopped = new AbortController();
  #windowEndMs = Number.NEGATIVE_INFINITY;
  #rings = 0;
  #isDeaf = false;

  constructor(socket: Socket, options: FloodGuardOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.setRecvBufferSize(WAITING_BYTES);
  }

  /** While it is, its socket sends nothing either. */
  get isDeaf(): boolean {
    return this.#isDeaf;
  }

  /** Whether a datagram that came is to be answered. */
  hears(): boolean {
    if (this.#isDeaf) return false;
    const nowMs = this.#options.clock.nowMs();
    if (nowMs >= this.#windowEndMs) {
      this.#rings = 0;
      this.#windowEndMs = nowMs + WINDOW_MS;
    }
    this.#rings += 1;
    if (this.#rings <= MOST_RINGS) return true;
    this.#isDeaf = true;
    const { address } = this.#socket.address();
    this.#socket.connect(DISCARD_PORT, LOOPBACK[address] ?? address, (error?: Error) =>
      this.#hearLater(error === undefined),
    );
    return false;
  }

  /** Before the socket is closed. */
  stop(): void {
    this.#stopped.abort();
  }

  /** Where it could not be made deaf (an address that leads nowhere), it only answers none for as long. */
  #hearLater(isConnected: boolean): void {
    const { clock, onHearing } = this.#options;
    const run = async () => {
      await clock.sleep(WINDOW_MS, this.#stopped.signal);
      if (this.#stopped.signal.aborted) return;
      if (isConnected) this.#socket.disconnect();
      this.#isDeaf = false;
      this.#windowEndMs = Number.NEGATIVE_INFINITY;
      onHearing();
    };
    // What the socket has to say about it, it says by its own event.
    run().catch((error: unknown) => this.#socket.emit('error', error));
  }
}
