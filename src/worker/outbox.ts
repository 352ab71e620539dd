import type { SettledAttempt } from '../queue/outcome.ts';

/** What one transaction takes at most: a few milliseconds of row locks. */
const MAX_OUTCOMES = 500;
/** And in characters of answers: escaped, and at 3 bytes each, still below the 16 MiB that a packet has by default. */
const MAX_CHARACTERS = 2 ** 20;
/** With the database away so much waits in memory; then nothing more is claimed. */
const FULL_AT = 2_000;
const FULL_AT_CHARACTERS = 2 ** 26;
/** An outcome whose row somebody else's transaction held is tried again after this time. */
const HELD_REST_MS = 250;

/** The outcomes on their way to the database: first come, first served, but for those whose rows others hold. */
export class Outbox {
  #waiting: SettledAttempt[] = [];
  #held: SettledAttempt[] = [];
  #heldUntilMs = 0;
  #characters = 0;
  #isBusy = false;

  /** All of them, held ones too. */
  get size(): number {
    return this.#waiting.length + this.#held.length;
  }

  /** Those that can be written now. */
  get ready(): number {
    return this.#waiting.length;
  }

  get hasHeld(): boolean {
    return this.#held.length > 0;
  }

  /** Whether others came while the last batch was written: then more may be expected soon. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  get isFull(): boolean {
    return this.size >= FULL_AT || this.#characters >= FULL_AT_CHARACTERS;
  }

  add(attempt: SettledAttempt): void {
    this.#waiting.push(attempt);
    this.#characters += charactersOf(attempt);
  }

  /** What the next transaction takes. It stays here until it is said what became of it. */
  nextBatch(): readonly SettledAttempt[] {
    let characters = 0;
    const end = this.#waiting.findIndex((attempt, index) => {
      characters += charactersOf(attempt);
      return index >= MAX_OUTCOMES || (index > 0 && characters > MAX_CHARACTERS);
    });
    return this.#waiting.slice(0, end === -1 ? undefined : end);
  }

  /** The batch is dealt with, but for those that are `held`: they come again after a rest. */
  settled(batch: readonly SettledAttempt[], held: readonly SettledAttempt[], nowMs: number): void {
    this.#waiting.splice(0, batch.length);
    this.#isBusy = this.#waiting.length > 0;
    for (const attempt of batch) this.#characters -= charactersOf(attempt);
    if (held.length === 0) return;
    for (const attempt of held) this.#characters += charactersOf(attempt);
    this.#held.push(...held);
    this.#heldUntilMs = nowMs + HELD_REST_MS;
  }

  /** Puts held ones behind the others when their rest is over; returns how long it still is, Infinity without any. */
  takeUpHeld(nowMs: number): number {
    if (this.#held.length === 0) return Number.POSITIVE_INFINITY;
    if (nowMs < this.#heldUntilMs) return this.#heldUntilMs - nowMs;
    this.#waiting.push(...this.#held.splice(0));
    return 0;
  }
}

function charactersOf({ outcome }: SettledAttempt): number {
  return outcome.kind === 'completed' ? outcome.answer.length : 0;
}
