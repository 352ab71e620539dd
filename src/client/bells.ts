import { createSocket, type Socket, type SocketType } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { idOfRingBack, ringFor } from '../base/doorbell-note.ts';

const ONE_BYTE = Buffer.alloc(1);

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Where from a doorbell is rung. On loopback it is heard who rings back, and nobody on the network can send anything there. */
type From = '127.0.0.1' | '::1' | 'any IPv4' | 'any IPv6';

/** Rings doorbells, and hears the workers that ring back. */
export class Bells {
  readonly #onRingBack: (id: number) => void;
  readonly #ropes = new Map<From, Rope>();
  #isClosed = false;

  /** `onRingBack` is told of each request that is said to have ended. */
  constructor(onRingBack: (id: number) => void) {
    this.#onRingBack = onRingBack;
  }

  /** One datagram. With an `id` a worker on this machine is asked to ring back when that request has ended. */
  ring(place: Place, id: number | undefined): void {
    const note = id !== undefined && isLoopback(place.host) ? ringFor(id) : ONE_BYTE;
    this.#ropeFor(fromOf(place.host)).pull(note, place);
    if (this.#isClosed) this.#closeRopes();
  }

  /** Datagrams on their way still leave: a command that asks and ends rings, too. */
  close(): void {
    this.#isClosed = true;
    this.#closeRopes();
  }

  #closeRopes(): void {
    for (const rope of this.#ropes.values()) rope.close();
    this.#ropes.clear();
  }

  #ropeFor(from: From): Rope {
    const known = this.#ropes.get(from);
    if (known) return known;
    const rope: Rope = new Rope(from, {
      onNote: (note) => this.#hear(note),
      onBroken: () => {
        if (this.#ropes.get(from) === rope) this.#ropes.delete(from);
      },
    });
    this.#ropes.set(from, rope);
    return rope;
  }

  #hear(note: Buffer): void {
    const id = idOfRingBack(note);
    if (id !== undefined) this.#onRingBack(id);
  }
}

interface RopeOptions {
  readonly onNote: (note: Buffer) => void;
  readonly onBroken: () => void;
}

/** A socket from which doorbells are rung. */
class Rope {
  readonly #socket: Socket;
  #sending = 0;
  #isClosing = false;
  #isClosed = false;

  constructor(from: From, { onNote, onBroken }: RopeOptions) {
    this.#socket = openSocket(from);
    this.#socket.unref();
    if (from === '127.0.0.1' || from === '::1') this.#socket.on('message', onNote);
    // What it should have sent is lost, and the workers' poll finds the work; the next ring gets another one.
    this.#socket.on('error', () => {
      onBroken();
      this.#end();
    });
  }

  pull(note: Buffer, { host, port }: Place): void {
    this.#sending++;
    this.#socket.send(note, port, host, () => this.#sent());
  }

  /** When all that is on its way has left. */
  close(): void {
    this.#isClosing = true;
    if (this.#sending === 0) this.#end();
  }

  #sent(): void {
    this.#sending--;
    if (this.#isClosing && this.#sending === 0) this.#end();
  }

  #end(): void {
    if (!this.#isClosed) this.#socket.close();
    this.#isClosed = true;
  }
}

function openSocket(from: From): Socket {
  const type: SocketType = from === '::1' || from === 'any IPv6' ? 'udp6' : 'udp4';
  const socket = createSocket(type);
  // Exclusive: the processes of a cluster would get one port together, and each other's rings.
  if (from === '127.0.0.1' || from === '::1') socket.bind({ port: 0, address: from, exclusive: true });
  return socket;
}

function fromOf(host: string): From {
  if (isLoopback(host)) return isIPv6(host) ? '::1' : '127.0.0.1';
  return isIPv6(host) ? 'any IPv6' : 'any IPv4';
}

export function isLoopback(host: string): boolean {
  return host.startsWith('127.') || host === '::1' || host === 'localhost';
}
