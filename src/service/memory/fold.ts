import type { Recollection, Turn } from '../../mind/talk/recollection.ts';
import { MEMORY_LIMITS } from './memory-limits.ts';
import { EMPTY_SUMMARY, type Summary, summarise } from './summary.ts';

export interface FoldOptions<T> {
  /** How many of the last turns stay in full. */
  readonly turnsToKeep: number;
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

/** All but the last turns go into the summary. */
export function fold<T>(
  turns: readonly T[],
  { turnsToKeep, saidOf, before = EMPTY_SUMMARY }: FoldOptions<T>,
): Folded<T> {
  const surplus = Math.max(0, turns.length - turnsToKeep);
  const folded = turns.slice(0, surplus);
  return {
    summary: folded.reduce((summary, turn) => summarise(summary, saidOf(turn)), before),
    folded,
    kept: turns.slice(surplus),
  };
}

/** What an NPC knows of a player with whom it has had all these turns. */
export function recollect(turns: readonly Turn[]): Recollection {
  return toRecollection(fold(turns, { turnsToKeep: MEMORY_LIMITS.turnsInFull, saidOf: ({ said }) => said }));
}

/** What an NPC knows by what was folded and kept. */
export function toRecollection({ summary, kept }: Pick<Folded<Turn>, 'summary' | 'kept'>): Recollection {
  return { summary: summary.sentences.length === 0 ? null : summary.sentences.join('\n'), turns: kept };
}
