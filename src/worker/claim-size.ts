/** One commit for 256 requests costs each of them little enough; a larger claim made nothing faster (`npm run bench -- drain`). */
const MOST = 256;

/**
 * How many requests one claim takes at most: `batch_size` of a short queue, and twice as many after each claim that came back
 * full, so that a worker with room takes a long queue with few commits, and one that is not full is followed by small ones.
 */
export class ClaimSize {
  readonly #batchSize: number;
  #now: number;

  constructor(batchSize: number) {
    this.#batchSize = batchSize;
    this.#now = batchSize;
  }

  get now(): number {
    return this.#now;
  }

  /** A claim asked for so many and found so many. One that had little room says nothing of the queue, if it was full. */
  note({ asked, found }: { readonly asked: number; readonly found: number }): void {
    if (found < asked) this.#now = this.#batchSize;
    else if (asked === this.#now) this.#now = Math.max(this.#batchSize, Math.min(MOST, 2 * asked));
  }
}
