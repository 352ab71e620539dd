import type { Clock } from '../../base/clock.ts';
import { errorFields } from '../../base/errors.ts';
import { type Lifecycle, Loop } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/logger.ts';
import { startTimeLimit } from '../../base/time-limit.ts';
import { joined, type OlderTurns } from '../../mind/memory/older-turns.ts';
import type { Summary } from '../../mind/memory/summary.ts';
import type { MemoryOwner } from './memory.ts';
import type { KeptMemory } from './npc-memory.ts';

/** A look costs nothing where nothing waits; a server that is busy now may be quiet then. */
const LOOK_MS = 5_000;
/** Nobody waits for it, and a slow server may take its time; whoever asks meanwhile ends it at once. */
const LONGEST_MS = 120_000;
/** Of 28 turns with 1,000 characters each at most: 6 MB. The oldest go first; they keep the summary that rules made. */
const MAX_WAITING = 200;

export interface SummariserParts {
  /** Asks the model: a summary, or none, or another time, when nobody else asks it. */
  readonly condense: (
    npcId: string,
    older: OlderTurns,
    signal: AbortSignal,
  ) => Promise<Summary | 'none' | 'later'>;
  /** null while there is no database. */
  readonly memory: () => KeptMemory | null;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Has older turns told again by a model while nobody asks it for anything. */
export interface Summariser extends Lifecycle {
  /** These have just gone into the summary. */
  note(owner: MemoryOwner, older: OlderTurns): void;
}

interface Waiting {
  readonly owner: MemoryOwner;
  readonly older: OlderTurns;
}

export function createSummariser(parts: SummariserParts): Summariser {
  const { clock, logger } = parts;
  const waiting = new Map<string, Waiting>();

  async function turn(signal: AbortSignal): Promise<number> {
    for (const [id, one] of [...waiting]) {
      if (signal.aborted || !(await tell(one, { ...parts, signal }))) break;
      // Where more turns came meanwhile, what was told has found another summary than it was made for.
      if (waiting.get(id) === one) waiting.delete(id);
    }
    return LOOK_MS;
  }

  const loop = new Loop({
    clock,
    turn,
    onError(error) {
      logger.error(errorFields(error), 'Summaries could not be made, trying again');
      return LOOK_MS;
    },
  });
  return {
    note(owner, older) {
      const id = JSON.stringify([owner.npcId, owner.playerId]);
      const known = waiting.get(id);
      waiting.set(id, { owner, older: known === undefined ? older : joined(known.older, older) });
      const [first] = waiting.keys();
      if (waiting.size > MAX_WAITING && first !== undefined) waiting.delete(first);
    },
    start: () => loop.start(),
    stop: () => loop.stop(),
  };
}

/** Whether it is done with, well or not; false where another time has to be waited for. */
async function tell(
  { owner, older }: Waiting,
  { condense, memory, clock, signal }: SummariserParts & { readonly signal: AbortSignal },
): Promise<boolean> {
  const kept = memory();
  if (kept === null) return false;
  const limit = startTimeLimit(clock, LONGEST_MS, signal);
  try {
    const summary = await condense(owner.npcId, older, limit.signal);
    if (summary === 'later') return false;
    // Without one, that of the rules stays.
    if (summary !== 'none') await kept.replaceSummary(owner, { from: older.after, to: summary });
    return true;
  } finally {
    limit.end();
  }
}
