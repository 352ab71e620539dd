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
  /** How many turns were before `turns`: the summary is what is left of them. */
  readonly turnsBefore: number;
  /** The last turns in full, the oldest first. */
  readonly turns: readonly Turn[];
  /**
   * What of older talks bears on what the player says now, a text each, the most fitting first. Data, like the rest. It is
   * another selection for each line of the player, so it comes after all that stays.
   */
  readonly recalled: readonly string[];
  /** What scripts told the NPC of this player or of the world, the oldest first: sentences of a third person. Data, too. */
  readonly facts: readonly string[];
}

export const NOTHING: Recollection = { summary: null, turnsBefore: 0, turns: [], recalled: [], facts: [] };
