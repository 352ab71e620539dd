/**
 * What an NPC's memory of one player holds at most. All of it goes to the model with each line of that player, so it is
 * counted in tokens, of about 4 characters each: 8 turns of 2 × 500 characters and the summary are 2,200 at worst, and
 * about 500 in a usual talk.
 */
export const MEMORY_LIMITS = {
  /** The last turns, kept word for word. */
  turnsInFull: 8,
  /** Of what was said, and of what was answered; the rest is cut off. */
  charactersPerTurn: 500,
  /** What older turns are shortened to, all together. */
  summaryTokens: 200,
  charactersPerToken: 4,
  /** A sentence in the summary. */
  charactersPerSentence: 160,
  /** Hours for which a turn's key is remembered after its words went into the summary. */
  keyHours: 24,
  /** Of an id; longer ones are refused. */
  charactersPerId: 200,
} as const;
