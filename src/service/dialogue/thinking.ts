import type { AnswerSource, Mind } from '../../mind/talk/mind.ts';
import { cannedReasonOf, tokensSpent } from '../../providers/model-error.ts';
import type { Limit } from '../base/contract.ts';
import type { DialogueParts } from './dialogue.ts';

export interface ThinkingParts extends Pick<DialogueParts, 'mind' | 'limits'> {
  /** Who thinks for a player who has no tokens left, and while the NPCs are off: it costs nothing. */
  readonly offline: Mind;
}

export interface Thought<T> {
  readonly thought: T;
  /** Why the offline brain thought it; null where the mind itself did. */
  readonly limit: Limit | null;
}

/** What no player said a word for: where words would be a canned line, the offline brain thinks it. */
export async function thinkWithinLimits<T extends AnswerSource>(
  playerId: string | number | null,
  { mind, offline, limits }: ThinkingParts,
  ask: (mind: Mind) => Promise<T>,
): Promise<Thought<T>> {
  const player = playerId === null ? null : String(playerId);
  const limit = limits.checkThought(player);
  const spend = (tokens: AnswerSource['tokens']) => {
    if (player !== null) limits.spend(player, tokens);
  };
  try {
    const thought = await ask(limit === null ? mind : offline);
    spend(thought.tokens);
    return { thought, limit };
  } catch (error) {
    const tokens = tokensSpent(error);
    spend(tokens);
    const reason = cannedReasonOf(error);
    if (reason === null) throw error;
    return { thought: { ...(await ask(offline)), tokens }, limit: reason };
  }
}
