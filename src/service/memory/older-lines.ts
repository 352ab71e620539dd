/** So many owners are known at most: 100 bytes each. */
const MOST_OWNERS = 10_000;

/**
 * How many older lines an owner had when he was recalled last, so that next time their words are asked for together with what
 * is known of him: one trip to the database less, 0.2 ms of CPU and the way there and back. Only a guess: who is unknown here,
 * or has many more lines by now, is asked about as before, and who has been forgotten is asked about once in vain.
 */
export class OlderLines {
  readonly #counts = new Map<string, number>();

  /** 0 of one who has none, or is unknown. */
  guess(owner: string): number {
    return this.#counts.get(owner) ?? 0;
  }

  note(owner: string, count: number): void {
    this.#counts.delete(owner);
    if (count === 0) return;
    this.#counts.set(owner, count);
    if (this.#counts.size <= MOST_OWNERS) return;
    const [longestAgo] = this.#counts.keys();
    if (longestAgo !== undefined) this.#counts.delete(longestAgo);
  }
}
