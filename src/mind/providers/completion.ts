import { z } from 'zod';
import type { TokenCount } from '../talk/mind.ts';
import { ModelError } from '../talk/mind-error.ts';

/** What a model gave for one question. */
export interface Completion {
  /** What the model wrote as its answer, as it came; of an answer in parts, those of text. */
  readonly text: string;
  /** The parts in which the answer came, with their kinds; empty where it came as one text. */
  readonly parts: readonly AnswerPart[];
  /** Thoughts that the server tells apart from the answer. */
  readonly reasoning: string;
  /** Such as stop, or length where it was stopped by max_tokens; null where the server does not tell. */
  readonly finishReason: string | null;
  readonly usage: TokenCount;
}

interface AnswerPart {
  /** As the server names it, such as text, thinking or reasoning. */
  readonly type: string;
  readonly text: string;
}

/** No context holds ten million tokens: a count beyond it is a mistake, and would use up a player's budget. */
const tokenCount = z.number().min(0).max(10_000_000);
const contentPart = z.looseObject({ type: z.string().catch('text') });
const thoughts = z.string().nullish().catch(null);
const completionSchema = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.union([z.string(), z.array(contentPart)]).nullish(),
          reasoning_content: thoughts,
          reasoning: thoughts,
          thinking: thoughts,
          refusal: z.string().nullish(),
        }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: tokenCount, completion_tokens: tokenCount }).nullish().catch(null),
});

/**
 * Reads the body of a 200. `asked` is the text of the question, for servers that do not count tokens.
 * Throws ModelError where it is none.
 */
export function toCompletion(completion: unknown, asked: string): Completion {
  const result = completionSchema.safeParse(typeof completion === 'string' ? parse(completion) : completion);
  const [choice] = result.data?.choices ?? [];
  if (!choice) throw noCompletion();
  const { content, reasoning_content, reasoning, thinking } = choice.message;
  const parts = typeof content === 'string' ? [] : (content ?? []).map(toPart);
  const texts = parts.filter(({ type }) => type === 'text').map((part) => part.text);
  const text = typeof content === 'string' ? content : texts.join('');
  const usage = tokensOf(result.data?.usage, { asked, text });
  if (choice.message.refusal || choice.finish_reason === 'content_filter') {
    throw new ModelError('model_failed', 'The model refused to answer.', {
      tokens: usage,
      hasAnswered: true,
    });
  }
  return {
    text,
    parts,
    reasoning: reasoning_content ?? reasoning ?? thinking ?? '',
    finishReason: choice.finish_reason ?? null,
    usage,
  };
}

/** {"type": "text", "text": …}, {"type": "thinking", "thinking": [{"type": "text", "text": …}]} and the like. */
function toPart(part: z.infer<typeof contentPart>): AnswerPart {
  const held = part['text'] ?? part[part.type] ?? part['content'] ?? '';
  return { type: part.type, text: typeof held === 'string' ? held : JSON.stringify(held) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told by the caller: it is no completion.
    return undefined;
  }
}

/** A server that does not count is counted for, at the usual four characters a token, so that budgets hold. */
function tokensOf(
  usage: { prompt_tokens: number; completion_tokens: number } | null | undefined,
  { asked, text }: { asked: string; text: string },
): TokenCount {
  if (usage)
    return { prompt: Math.round(usage.prompt_tokens), completion: Math.round(usage.completion_tokens) };
  return {
    prompt: Math.ceil(asked.length / 4),
    completion: Math.ceil(text.length / 4),
  };
}

/** The error of an answer that is something else: a page of a proxy, an error in a 200, another API. */
export function noCompletion(): ModelError {
  return new ModelError(
    'model_failed',
    'The model server answered 200 with something that is no chat completion. Check AI_PROVIDER_URL: most servers want it to end in /v1.',
  );
}
