import { numberOf } from '../database/row-fields.ts';
import type { OperatorDatabase } from './database.ts';

/** How many requests have a status that is no end. */
export interface Depth {
  readonly requests: number;
  /** Whether there are more: of each priority up to 50,000 are counted. */
  readonly isCapped: boolean;
  /** The most urgent first. */
  readonly byPriority: readonly PriorityDepth[];
  /** When the oldest of them was made; null without one. */
  readonly oldestMs: number | null;
}

interface PriorityDepth {
  readonly priority: number;
  readonly requests: number;
  readonly oldestMs: number;
}

/** A queue that is deeper is deep enough to be told by this. */
const MOST_COUNTED = 50_000;
/** More priorities than the document's ten are served too, but never more than a byte has. */
const MOST_PRIORITIES = 256;
const BEFORE_ALL = -Number.MAX_SAFE_INTEGER;

/** From priority to priority along their index: each costs two short looks. */
export async function readDepthOf(
  { database, statements }: OperatorDatabase,
  status: 'pending' | 'processing',
): Promise<Depth> {
  const byPriority: PriorityDepth[] = [];
  for (let after = BEFORE_ALL; byPriority.length < MOST_PRIORITIES; ) {
    const [next] = await database.query(statements.nextPriority, [status, after]);
    if (next === undefined) break;
    const priority = numberOf(next, 'priority');
    const [count = {}] = await database.query(statements.depthOf, [status, priority, MOST_COUNTED + 1]);
    byPriority.push({
      priority,
      requests: Math.min(numberOf(count, 'requests'), MOST_COUNTED),
      oldestMs: numberOf(next, 'oldest_ms'),
    });
    after = priority;
  }
  const oldest = byPriority.map(({ oldestMs }) => oldestMs);
  return {
    requests: byPriority.reduce((sum, { requests }) => sum + requests, 0),
    isCapped: byPriority.some(({ requests }) => requests === MOST_COUNTED),
    byPriority,
    oldestMs: oldest.length === 0 ? null : Math.min(...oldest),
  };
}
