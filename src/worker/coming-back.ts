/** Each of them costs a claim and a settle, as a request does that is served: a worker has room for ten times as many. */
const MOST_A_SECOND = 100;

/** When requests that wait for a slow endpoint come back: hundreds of them must not keep the worker from all others. */
export class ComingBack {
  /** How many come in which second. */
  readonly #counts = new Map<number, number>();

  /** The first moment from `earliestMs` on whose second has room; `latestMs` in any case, where none has before. */
  take(
    earliestMs: number,
    { nowMs, latestMs }: { readonly nowMs: number; readonly latestMs: number },
  ): number {
    this.#forgetBefore(secondOf(nowMs));
    let second = secondOf(earliestMs);
    while (this.#countOf(second) >= MOST_A_SECOND && second < secondOf(latestMs)) second += 1;
    this.#counts.set(second, this.#countOf(second) + 1);
    return Math.min(latestMs, Math.max(earliestMs, second * 1_000));
  }

  #countOf(second: number): number {
    return this.#counts.get(second) ?? 0;
  }

  #forgetBefore(second: number): void {
    for (const past of this.#counts.keys()) if (past < second) this.#counts.delete(past);
  }
}

function secondOf(ms: number): number {
  return Math.floor(ms / 1_000);
}
