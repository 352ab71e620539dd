import type { Clock } from '../base/clock.ts';
import type { WorkerSighting } from '../queue/queue-store.ts';

/** A worker whose heartbeat did not change for so long, seen again and again, is dead. */
const DEAD_AFTER_MS = 10_000;

interface Seen {
  readonly heartbeat: string | null;
  readonly sinceMs: number;
  /** Once it was dead it stays so, until it gives a sign of life. */
  isDead: boolean;
}

/**
 * Tells the dead from the living by this worker's own clock and its own successful looks: no clock of another machine
 * is compared. After a look that failed it begins anew, so that a database that was away makes nobody dead.
 */
export class DeathWatch {
  readonly #clock: Clock;
  readonly #seen = new Map<string, Seen>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one look's sightings and returns who is dead by now. */
  observe(sightings: readonly WorkerSighting[]): string[] {
    const nowMs = this.#clock.nowMs();
    this.#forgetAllBut(new Set(sightings.map((sighting) => sighting.id)));
    return sightings.filter((sighting) => this.#isDead(sighting, nowMs)).map((sighting) => sighting.id);
  }

  /** A look failed: of the living, nothing that was seen before counts any more. */
  reset(): void {
    for (const [id, { isDead }] of this.#seen) {
      if (!isDead) this.#seen.delete(id);
    }
  }

  /** Milliseconds until the first of those that were seen may be dead; Infinity without any. */
  get nextDeathInMs(): number {
    const living = [...this.#seen.values()].filter(({ isDead }) => !isDead);
    const sinceMs = Math.min(...living.map((seen) => seen.sinceMs));
    return Math.max(0, sinceMs + DEAD_AFTER_MS - this.#clock.nowMs());
  }

  #isDead({ id, heartbeat }: WorkerSighting, nowMs: number): boolean {
    const before = this.#seen.get(id);
    // A row that is gone is no sign of life: whoever rescued a part of its claims took it away.
    const isUnchanged = before !== undefined && (heartbeat === null || heartbeat === before.heartbeat);
    if (!isUnchanged) {
      this.#seen.set(id, { heartbeat, sinceMs: nowMs, isDead: false });
      return false;
    }
    before.isDead ||= nowMs - before.sinceMs >= DEAD_AFTER_MS;
    return before.isDead;
  }

  #forgetAllBut(ids: ReadonlySet<string>): void {
    for (const id of this.#seen.keys()) {
      if (!ids.has(id)) this.#seen.delete(id);
    }
  }
}
