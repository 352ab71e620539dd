import { NOTHING, type Recollection, type Turn } from '../talk/recollection.ts';
import { MEMORY_LIMITS } from './memory-limits.ts';
import { EMPTY_SUMMARY, type Summary, shortenSummary, summarise } from './summary.ts';

export interface FoldOptions<T> {
  /** How many of the oldest turns go. */
  readonly count: number;
  /** What the player said in a turn; asked only for those that are folded. */
  readonly saidOf: (turn: T) => string;
  /** What turns before these have left. */
  readonly before?: Summary;
}

export interface Folded<T> {
  readonly summary: Summary;
  /** Those that are now in the summary only. */
  readonly folded: readonly T[];
  readonly kept: readonly T[];
}

/** The oldest turns go into the summary. */
export function fold<T>(
  turns: readonly T[],
  { count, saidOf, before = EMPTY_SUMMARY }: FoldOptions<T>,
): Folded<T> {
  const folded = turns.slice(0, count);
  return {
    summary: folded.reduce((summary, turn) => summarise(summary, saidOf(turn)), before),
    folded,
    kept: turns.slice(count),
  };
}

/** How many of the oldest turns go into the summary now, by the characters of each: none, or all but the last few. */
export function countToFold(characters: readonly number[]): number {
  const { turnsInFull, moreTurnsInFull, moreCharacters } = MEMORY_LIMITS;
  const surplus = characters.length - turnsInFull;
  if (surplus <= 0) return 0;
  const sum = characters.slice(0, surplus).reduce((one, other) => one + other, 0);
  return surplus > moreTurnsInFull || sum > moreCharacters ? surplus : 0;
}

export function charactersOf({ said, answered }: Turn): number {
  return said.length + answered.length;
}

/** What an NPC knows of a player with whom it has had all these turns. */
export function recollect(turns: readonly Turn[]): Recollection {
  let known = NOTHING;
  for (const turn of turns) {
    const more = { ...known, turns: [...known.turns, turn] };
    known = foldOldest(more, countToFold(more.turns.map(charactersOf)));
  }
  return known;
}

/** The same knowledge with the oldest turns in short. */
export function foldOldest(recollection: Recollection, count: number): Recollection {
  if (count <= 0) return recollection;
  const before = summaryOf(recollection);
  const folded = fold(recollection.turns, { count, saidOf: ({ said }) => said, before });
  const { recalled, facts } = recollection;
  return { ...toRecollection(folded), recalled, facts };
}

/** The same knowledge with a summary of at most so many characters: none at all for 0. */
export function shortenRecollection(recollection: Recollection, maxCharacters: number): Recollection {
  const summary = shortenSummary(summaryOf(recollection), maxCharacters);
  return { ...recollection, summary: textOf(summary) };
}

/** What an NPC knows by what was folded and kept. */
export function toRecollection({ summary, kept }: Pick<Folded<Turn>, 'summary' | 'kept'>): Recollection {
  return { summary: textOf(summary), turnsBefore: summary.turns, turns: kept, recalled: [], facts: [] };
}

function summaryOf({ summary, turnsBefore }: Recollection): Summary {
  return { turns: turnsBefore, sentences: summary === null ? [] : summary.split('\n') };
}

function textOf({ sentences }: Summary): string | null {
  return sentences.length === 0 ? null : sentences.join('\n');
}
