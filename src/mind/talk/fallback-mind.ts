import { cannedReasonOf, ModelError, tokensSpent } from '../../providers/model-error.ts';
import type { TokenCount } from '../../providers/token-count.ts';
import type { AnswerSource, Mind } from './mind.ts';

export interface FallbackMindOptions {
  /**
   * Told of each failure of the first mind, whoever answers then. `isDown` is false where it says nothing of what others
   * will meet: its words could not be used, the message was refused, or there is too much to do just now.
   */
  readonly onFailure?: (error: unknown, first: { readonly isDown: boolean }) => void;
  /** Told of each answer of the first mind. */
  readonly onAnswer?: () => void;
}

/** One useless answer may be a player's doing, who made the model read out its instructions; so many are a bad model. */
const USELESS_TO_BE_DOWN = 5;

/**
 * Asks the first mind, and the second one where the first fails; the answer says which of them spoke, and its
 * tokens count what was spent on both. Without a second one, the first one's AiIpcError goes on to the caller; so does one
 * for which the NPC says a canned line (see cannedReasonOf).
 *
 * The second one begins when the deadline may be over: it has to be one that answers at once, such as scripted.
 */
export function createFallbackMind(
  first: Mind,
  second: Mind | null,
  { onFailure, onAnswer }: FallbackMindOptions = {},
): Mind {
  let uselessInARow = 0;

  function noteFailure(error: unknown): void {
    const kind = error instanceof ModelError ? error.kind : 'server';
    if (kind === 'answer') uselessInARow += 1;
    const isDown = kind === 'server' || (kind === 'answer' && uselessInARow >= USELESS_TO_BE_DOWN);
    onFailure?.(error, { isDown });
  }

  async function answer<Answer extends AnswerSource>(ask: (mind: Mind) => Promise<Answer>): Promise<Answer> {
    try {
      const answered = await ask(first);
      uselessInARow = 0;
      onAnswer?.();
      return answered;
    } catch (error) {
      noteFailure(error);
      if (!second || isCanned(error)) throw error;
      const answered = await ask(second);
      return { ...answered, tokens: sumOf(answered.tokens, tokensSpent(error)) };
    }
  }

  return {
    name: first.name,
    model: first.model,
    speak: (line, signal) => answer((mind) => mind.speak(line, signal)),
    decide: (situation, signal) => answer((mind) => mind.decide(situation, signal)),
    feel: (event, signal) => answer((mind) => mind.feel(event, signal)),
  };
}

/** What is only too long for the model is not for the second mind. */
function isCanned(error: unknown): boolean {
  return cannedReasonOf(error) !== null && !(error instanceof ModelError && error.reason === 'too_long');
}

function sumOf(one: TokenCount, other: TokenCount): TokenCount {
  return { prompt: one.prompt + other.prompt, completion: one.completion + other.completion };
}
