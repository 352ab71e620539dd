import { hostname } from 'node:os';
import type { QueueStore, WorkerSighting } from '../queue/queue-store.ts';
import { Bells, isLoopback, type Place } from './bells.ts';
import { RingBacks } from './ring-back.ts';

/** ai_workers is read at most this often. */
const READ_EVERY_MS = 5_000;
/** A worker beats every 2 s; one that has been silent for longer than this would not hear. */
const LIVING_MS = 10_000;

/**
 * What the living workers tell of themselves in ai_workers: where they can be rung and which life they give to requests
 * that name none. A hint and no more: whatever goes wrong here, the workers' poll finds the work.
 */
export class WorkerDirectory {
  /** Who waits for the end of a request hears of it here. */
  readonly ringBacks = new RingBacks();
  readonly #store: QueueStore;
  readonly #bells = new Bells((id) => this.ringBacks.ring(id));
  #places: readonly Place[] = [];
  #timeoutSeconds: number | undefined;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(store: QueueStore) {
    this.#store = store;
  }

  /** The life that the workers give to a request whose client names none; undefined without a living worker. */
  async timeoutSeconds(): Promise<number | undefined> {
    await this.#refresh();
    return this.#timeoutSeconds;
  }

  /** One datagram to each living worker. With an `id` those on this machine ring back when that request has ended. */
  async ring(id?: number): Promise<void> {
    await this.#refresh();
    for (const place of this.#places) this.#bells.ring(place, id);
  }

  close(): void {
    this.#bells.close();
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
