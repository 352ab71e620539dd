import type { Clock } from '../base/clock.ts';
import type { WorkerSighting } from '../queue/queue-store.ts';

/** A worker whose heartbeat did not change for so long, seen again and again, is dead. */
const DEAD_AFTER_MS = 10_000;

/**
 * Tells the dead from the living by this worker's own clock and its own successful looks: no clock of another machine
 * is compared. After a look that failed it begins anew, so that a database that was away makes nobody dead.
 */
export class DeathWatch {
  readonly #clock: Clock;
  readonly #seen = new Map<string, { readonly heartbeat: string | null; readonly sinceMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one look's sightings and returns who is dead by now. */
  observe(sightings: readonly WorkerSighting[]): string[] {
    const nowMs = this.#clock.nowMs();
    this.#forgetAllBut(new Set(sightings.map((sighting) => sighting.id)));
    return sightings.filter((sighting) => this.#isDead(sighting, nowMs)).map((sighting) => sighting.id);
  }

  /** A look failed: nothing that was seen before counts any more. */
  reset(): void {
    this.#seen.clear();
  }

  #isDead({ id, heartbeat }: WorkerSighting, nowMs: number): boolean {
    const before = this.#seen.get(id);
    if (before?.heartbeat === heartbeat) return nowMs - before.sinceMs >= DEAD_AFTER_MS;
    this.#seen.set(id, { heartbeat, sinceMs: nowMs });
    return false;
  }

  #forgetAllBut(ids: ReadonlySet<string>): void {
    for (const id of this.#seen.keys()) {
      if (!ids.has(id)) this.#seen.delete(id);
    }
  }
}
