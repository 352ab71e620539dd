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
  /**
   * What a player said in older turns is kept word for word, to be found again: so many lines of each pair, the newest. A
   * player who says one each minute for 8 hours a day fills it in two months; with their parts they take some 60 MB then.
   * Of more lines, a question was not measured.
   */
  linesKept: 30_000,
  /** Of a line: 500 characters have as many in any language, 60 usual ones 30 to 80. */
  partsPerLine: 500,
  /** Of a question: a line of 60 letters has 70. */
  partsAsked: 80,
  /** The newest lines in which a part stands: what stands in more of them tells nothing. */
  linesPerPart: 200,
  /** Of the lines that fit, so many are read to choose from: whoever asks the same again and again has many copies of it. */
  linesLookedAt: 100,
  /** So many of them at first, and all only where that does not settle it: one question in fifty. */
  linesReadFirst: 16,
  /** So many are recalled; the prompt has a budget of its own (src/mind/model/prompt.ts). */
  linesRecalled: 8,
  /** Of an id; longer ones are refused. */
  charactersPerId: 200,
} as const;
