/** A queue as a small game server has it after an hour: five NPCs, some failures, one that healed itself. */
export interface SeededQueue {
  /** How many requests were made in that hour. */
  readonly requests: number;
}
/** Fills a new SQLite file; the same numbers each time, but for the moment that they end at. */
export declare function seedQueue(
  file: string,
  {
    perMinute,
  }?: {
    perMinute?: number | undefined;
  },
): Promise<SeededQueue>;
