/** One exchange between a player and an NPC. */
export interface Turn {
  /** What the player said, as it was said. */
  readonly said: string;
  /** What the NPC answered, as it was shown. */
  readonly answered: string;
}

/** What an NPC knows of earlier talks with one player. */
export interface Recollection {
  /**
   * Older turns in short: sentences of the player, as he said them, one a line and the oldest first. Null when there are
   * none worth keeping. They are the player's words: data, like those of `turns`.
   */
  readonly summary: string | null;
  /** The last turns in full, the oldest first. */
  readonly turns: readonly Turn[];
}

export const NOTHING: Recollection = { summary: null, turns: [] };
