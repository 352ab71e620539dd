import { type ClaimRef, claimKey } from '../queue/request.ts';
import type { Flight, Flights } from './flights.ts';

export interface Differences {
  /** Claims that only the database knows, seen twice: the OK of their COMMIT was lost. They are released. */
  readonly orphans: readonly ClaimRef[];
  /** Calls whose claim is gone from the database (cancelled, expired, rescued), missed twice. They are aborted. */
  readonly lost: readonly Flight[];
}

/** Compares the claims in memory with those in the database. */
export class Reconciler {
  readonly #flights: Flights;
  #suspects = new Set<string>();
  /** Once is no proof: the look may have gone to a server that has not got the claim yet (a node of Galera). */
  #missed = new Set<Flight>();

  constructor(flights: Flights) {
    this.#flights = flights;
  }

  /** `inCallBefore` is what was being called before the database was asked: later claims are not in its answer. */
  compare(inCallBefore: readonly Flight[], listed: readonly ClaimRef[]): Differences {
    const unknown = listed.filter((claim) => !this.#flights.holds(claim));
    const orphans = unknown.filter((claim) => this.#suspects.has(claimKey(claim)));
    this.#suspects = new Set(unknown.map(claimKey));
    const listedKeys = new Set(listed.map(claimKey));
    const missed = inCallBefore.filter(
      (flight) => flight.phase === 'calling' && !listedKeys.has(claimKey(flight.request)),
    );
    const lost = missed.filter((flight) => this.#missed.has(flight));
    this.#missed = new Set(missed);
    return { orphans, lost };
  }

  get hasSuspects(): boolean {
    return this.#suspects.size > 0;
  }
}
