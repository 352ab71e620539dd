/**
 * What an NPC's memory of one player holds at most. All of it goes to the model with each line of that player, so it is
 * counted in tokens, of about 4 characters each: 8 turns of 2 × 500 characters, 10,000 characters more and the summary are
 * 4,700 at worst, and 500 to 1,300 in a usual talk.
 */
export const MEMORY_LIMITS = {
  /** So many of the last turns are always there word for word. */
  turnsInFull: 8,
  /**
   * So many older ones stay beside them, and then all go into the summary at once: a model server reads anew whatever
   * stands behind a change, and the summary stands in front. Each such change costs about 600 tokens, 30 a talk.
   */
  moreTurnsInFull: 20,
  /** Of these older ones, said and answered together: 20 usual ones have about 3,500, long ones go into the summary sooner. */
  moreCharacters: 10_000,
  /** Of what was said, and of what was answered; the rest is cut off. */
  charactersPerTurn: 500,
  /** What older turns are shortened to, all together. */
  summaryTokens: 200,
  charactersPerToken: 4,
  /** A sentence in the summary. */
  charactersPerSentence: 160,
  /** Facts that scripts tell an NPC of one player, and as many that it may tell everybody: 24 are 1,200 tokens at worst. */
  facts: 12,
  charactersPerFact: 200,
  /** Hours for which a turn's key is remembered after its words went into the summary. */
  keyHours: 24,
  /** Of an id; longer ones are refused. */
  charactersPerId: 200,
} as const;
