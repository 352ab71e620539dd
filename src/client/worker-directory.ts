import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import type { QueueStore, WorkerSighting } from '../queue/queue-store.ts';

/** ai_workers is read at most this often. */
const READ_EVERY_MS = 5_000;
/** A worker beats every 2 s; one that has been silent for longer than this would not hear. */
const LIVING_MS = 10_000;
const ONE_BYTE = Buffer.alloc(1);

export interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * What the living workers tell of themselves in ai_workers: where they can be rung and which life they give to requests
 * that name none. A hint and no more: whatever goes wrong here, the workers' poll finds the work.
 */
export class WorkerDirectory {
  readonly #store: QueueStore;
  #places: readonly Place[] = [];
  #timeoutSeconds: number | undefined;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #sockets = new Map<'udp4' | 'udp6', Socket>();
  #sending = 0;
  #isClosed = false;

  constructor(store: QueueStore) {
    this.#store = store;
  }

  /** The life that the workers give to a request whose client names none; undefined without a living worker. */
  async timeoutSeconds(): Promise<number | undefined> {
    await this.#refresh();
    return this.#timeoutSeconds;
  }

  /** One datagram to each living worker; its content is never read. */
  async ring(): Promise<void> {
    await this.#refresh();
    for (const { host, port } of this.#places) {
      this.#sending++;
      this.#socketFor(host).send(ONE_BYTE, port, host, () => this.#sent());
    }
  }

  /** Datagrams on their way still leave: a command that asks and ends rings, too. */
  close(): void {
    this.#isClosed = true;
    if (this.#sending === 0) this.#closeSockets();
  }

  #sent(): void {
    this.#sending--;
    if (this.#isClosed && this.#sending === 0) this.#closeSockets();
  }

  #closeSockets(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  async #refresh(): Promise<void> {
    if (performance.now() - this.#readAtMs < READ_EVERY_MS) return;
    this.#reading ??= this.#read();
    await this.#reading;
  }

  async #read(): Promise<void> {
    try {
      const living = (await this.#store.sightings()).filter(isLiving);
      this.#places = living.flatMap(placeOf);
      this.#timeoutSeconds =
        living.find((worker) => worker.timeoutSeconds !== null)?.timeoutSeconds ?? undefined;
    } catch {
      // Insert and read report a database that is away; without a doorbell the request is found by the poll.
      this.#places = [];
    } finally {
      this.#readAtMs = performance.now();
      this.#reading = undefined;
    }
  }

  #socketFor(host: string): Socket {
    const type = isIPv6(host) ? 'udp6' : 'udp4';
    const known = this.#sockets.get(type);
    if (known) return known;
    const socket = createSocket(type);
    socket.unref();
    socket.on('error', () => undefined);
    this.#sockets.set(type, socket);
    return socket;
  }
}

function isLiving({ heartbeatAgeMs }: WorkerSighting): boolean {
  return heartbeatAgeMs !== null && heartbeatAgeMs <= LIVING_MS;
}

/** Where this worker can be rung from here: a loopback address only means something on its own host. */
export function placeOf({ doorbell, host }: Pick<WorkerSighting, 'doorbell' | 'host'>): Place[] {
  if (doorbell === null) return [];
  const separator = doorbell.lastIndexOf(':');
  const place = {
    host: doorbell.slice(0, separator).replace(/^\[(.*)\]$/, '$1'),
    port: Number(doorbell.slice(separator + 1)),
  };
  const isReachable = !isLoopback(place.host) || host === hostname();
  const isValid = Number.isInteger(place.port) && place.port > 0 && place.port < 65_536;
  return isReachable && isValid ? [place] : [];
}

function isLoopback(host: string): boolean {
  return host.startsWith('127.') || host === '::1' || host === 'localhost';
}
