import { setImmediate } from 'node:timers/promises';
import type { ClaimRef } from '../queue/request.ts';

export type ReleaseReason = 'stopping' | 'breaker' | 'silence' | 'lost_commit';

type Release = (claims: readonly ClaimRef[], reason: ReleaseReason) => Promise<void>;

interface Batch {
  readonly claims: ClaimRef[];
  readonly done: Promise<void>;
}

/** Claims that are given back in the same turn of the event loop go together: 512 calls that are cut are one statement. */
export class Releases {
  readonly #release: Release;
  readonly #open = new Map<ReleaseReason, Batch>();

  /** `release` never rejects. */
  constructor(release: Release) {
    this.#release = release;
  }

  /** Resolves when they were given back. */
  add(claims: readonly ClaimRef[], reason: ReleaseReason): Promise<void> {
    const batch = this.#open.get(reason) ?? this.#begin(reason);
    batch.claims.push(...claims);
    return batch.done;
  }

  #begin(reason: ReleaseReason): Batch {
    const claims: ClaimRef[] = [];
    const batch = { claims, done: this.#send(claims, reason) };
    this.#open.set(reason, batch);
    return batch;
  }

  async #send(claims: readonly ClaimRef[], reason: ReleaseReason): Promise<void> {
    await setImmediate();
    this.#open.delete(reason);
    await this.#release(claims, reason);
  }
}
