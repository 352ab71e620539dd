import { z } from 'zod';
import type { TokenCount } from '../talk/mind.ts';
import { ModelError } from '../talk/mind-error.ts';

/** What a model gave for one question. */
export interface Completion {
  /** What the model wrote, as it came. */
  readonly content: string;
  /** It was stopped by max_tokens. */
  readonly isCut: boolean;
  readonly tokens: TokenCount;
}

/** No context holds ten million tokens: a count beyond it is a mistake, and would use up a player's budget. */
const tokenCount = z.number().min(0).max(10_000_000);
const textPart = z.looseObject({ text: z.string().optional() });
const completionSchema = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.union([z.string(), z.array(textPart)]).nullish(),
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
  const { content } = choice.message;
  const text =
    typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('');
  const tokens = tokensOf(result.data?.usage, { asked, text });
  if (choice.message.refusal || choice.finish_reason === 'content_filter') {
    throw new ModelError('model_failed', 'The model refused to answer.', { tokens, hasAnswered: true });
  }
  return { content: text, isCut: choice.finish_reason === 'length', tokens };
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
