import type { Turn } from '../talk/recollection.ts';
import type { Summary } from './summary.ts';

/** Turns that have just gone into the summary, while their words are still known. */
export interface OlderTurns {
  readonly before: Summary;
  readonly turns: readonly Turn[];
  /** What is remembered of them: rules made it. */
  readonly after: Summary;
}

/** So many are kept at most: more is longer than a summary could tell of. */
const MAX_TURNS = 60;

/** Both together, where the second ones came before anybody thought about the first. */
export function joined(first: OlderTurns, second: OlderTurns): OlderTurns {
  const turns = [...first.turns, ...second.turns].slice(-MAX_TURNS);
  return { before: first.before, turns, after: second.after };
}
