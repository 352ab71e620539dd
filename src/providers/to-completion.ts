import type { Completion } from './completion.ts';
import type { Gathered } from './gathering.ts';
import { ModelError } from './model-error.ts';
import type { ModelQuestion } from './provider.ts';
import type { TokenCount } from './token-count.ts';

/** As finish_reason names what a filter did; some servers add why. */
const FILTERED = /^(?:content_?filter|safety|refusal|prohibited|blocklist|recitation)/i;

/** What was gathered as a completion. Throws ModelError where it was refused, or thinking left no room for an answer. */
export function toCompletion(gathered: Gathered, question: ModelQuestion): Completion {
  const { text, parts, reasoning, finishReason, timings } = gathered;
  const usage = gathered.usage ?? estimate(gathered, question);
  if (gathered.refusal !== '' || FILTERED.test(finishReason ?? '')) {
    throw new ModelError(
      'model_failed',
      `The model ${question.model} refused to answer this message (a filter of its server).`,
      { tokens: usage, kind: 'message', reason: 'refused' },
    );
  }
  if (text.trim() === '' && finishReason === 'length') throw usedUp(gathered, { question, usage });
  return { text, parts, reasoning, finishReason, usage, timings };
}

/** Whether nothing was written, though nothing stopped it: a server that cannot keep a format does so. */
export function isBlank({ text, finishReason, refusal }: Gathered): boolean {
  if (text.trim() !== '' || refusal !== '' || FILTERED.test(finishReason ?? '')) return false;
  // Blanks without end are what some write for a format; without a blank it was thinking.
  return finishReason !== 'length' || text !== '';
}

function usedUp(
  { reasoning }: Gathered,
  { question, usage }: { question: ModelQuestion; usage: TokenCount },
): ModelError {
  const tokens = question.maxTokens + (question.thinkingTokens ?? 0);
  const how =
    reasoning === ''
      ? 'before it wrote a word, most likely in thoughts that its server does not show'
      : 'in thinking';
  const message =
    `The model ${question.model} used up its ${tokens} tokens (max_tokens) ${how}. ` +
    'Raise AI_THINKING_TOKENS, lower AI_REASONING_EFFORT, or turn thinking off with AI_PROVIDER_BODY (docs/models.md).';
  return new ModelError('model_failed', message, { tokens: usage, hasAnswered: true });
}

/** A server that does not count is counted for, at the usual four characters a token, so that budgets hold. */
function estimate({ text, reasoning }: Gathered, { system, user }: ModelQuestion): TokenCount {
  return {
    prompt: Math.ceil((system.length + user.length) / 4),
    completion: Math.ceil((text.length + reasoning.length) / 4),
  };
}
