import { z } from 'zod';
import type { AnswerPart, PromptTimings } from './completion.ts';
import type { TokenCount } from './token-count.ts';

/** What came of one answer, in one piece or in many. */
export interface Gathered {
  readonly text: string;
  readonly parts: readonly AnswerPart[];
  readonly reasoning: string;
  readonly refusal: string;
  readonly finishReason: string | null;
  /** null where the server does not count. */
  readonly usage: TokenCount | null;
  readonly timings: PromptTimings | null;
  /** What stood in place of an answer, or broke it off, as it came; undefined where nothing did. */
  readonly error: unknown;
  /** none: it is another API's; empty: it has no answer in it. */
  readonly choices: 'some' | 'empty' | 'none';
}

/** No context holds ten million tokens: a count beyond it is a mistake, and would use up a player's budget. */
const count = z.number().min(0).max(10_000_000);
const words = z.string().nullish().catch(null);
const part = z.looseObject({
  type: words,
  text: words,
  thinking: z.unknown().optional(),
  reasoning: z.unknown().optional(),
});
const message = z.looseObject({
  content: z.union([z.string(), z.array(part)]).nullish(),
  refusal: words,
  reasoning_content: words,
  reasoning: words,
  thinking: words,
});
const choice = z.looseObject({
  index: z.number().nullish().catch(null),
  delta: message.nullish(),
  message: message.nullish(),
  finish_reason: words,
  error: z.unknown().optional(),
});
const piece = z.looseObject({
  choices: z.array(choice).nullish(),
  usage: z
    .looseObject({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.looseObject({ cached_tokens: count }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
  timings: z.looseObject({ prompt_n: count, cache_n: count.optional() }).nullish().catch(null),
});
type Message = z.infer<typeof message>;
type Piece = z.infer<typeof piece>;

/** Kinds of parts that are the answer; all others are thoughts or what is no text. */
const TEXT_KINDS: ReadonlySet<string> = new Set(['text', 'output_text', '']);

/** Puts one answer together from the pieces in which a server sends it. */
export class Gathering {
  readonly #texts: string[] = [];
  readonly #parts: AnswerPart[] = [];
  readonly #reasoning: string[] = [];
  #refusal = '';
  #finishReason: string | null = null;
  #usage: TokenCount | null = null;
  #timings: PromptTimings | null = null;
  #error: unknown;
  #choices: Gathered['choices'] = 'none';
  #characters = 0;

  /** How much of it is kept. */
  get characters(): number {
    return this.#characters;
  }

  /** Whether a piece told that it is over: it was refused, or broken off. */
  get isBroken(): boolean {
    return this.#error !== undefined;
  }

  /** One piece: a chunk of a stream, or a whole answer. */
  add(value: unknown): void {
    const error = errorIn(value);
    if (error !== undefined) {
      this.#error ??= error;
      return;
    }
    const { data } = piece.safeParse(value);
    if (data === undefined) return;
    this.#addCounts(data);
    if (!Array.isArray(data.choices)) return;
    if (this.#choices === 'none') this.#choices = 'empty';
    for (const one of data.choices) {
      // Only one answer is asked for; some servers leave the number out.
      if ((one.index ?? 0) !== 0) continue;
      this.#choices = 'some';
      if (one.error !== undefined && one.error !== null) this.#error ??= one.error;
      this.#addMessage(one.delta ?? one.message ?? {});
      this.#finishReason = one.finish_reason ?? this.#finishReason;
    }
  }

  /** A failure that came outside of any piece. */
  fail(error: unknown): void {
    this.#error ??= error;
  }

  end(): Gathered {
    return {
      text: this.#texts.join(''),
      parts: joined(this.#parts),
      reasoning: this.#reasoning.join(''),
      refusal: this.#refusal,
      finishReason: this.#finishReason,
      usage: this.#usage,
      timings: this.#timings,
      error: this.#error,
      choices: this.#choices,
    };
  }

  #addCounts({ usage, timings }: Piece): void {
    if (usage) {
      const { prompt_tokens: prompt, completion_tokens: completion } = usage;
      this.#usage = { prompt: Math.round(prompt), completion: Math.round(completion) };
      const cached = usage.prompt_tokens_details?.cached_tokens;
      if (cached !== undefined) {
        this.#timings ??= { evaluatedTokens: Math.max(0, prompt - cached), cachedTokens: cached };
      }
    }
    if (timings) this.#timings = { evaluatedTokens: timings.prompt_n, cachedTokens: timings.cache_n ?? 0 };
  }

  #addMessage({ content, refusal, reasoning_content, reasoning, thinking }: Message): void {
    if (typeof content === 'string') this.#keep(this.#texts, content);
    else for (const one of content ?? []) this.#addPart(one);
    // Where a server sends several names, they hold the same.
    this.#keep(this.#reasoning, reasoning_content ?? reasoning ?? thinking ?? '');
    this.#refusal += refusal ?? '';
  }

  #addPart(one: z.infer<typeof part>): void {
    const type = one.type ?? 'text';
    const text = one.text ?? textOf(one.thinking ?? one.reasoning ?? one[type] ?? one['content']);
    this.#parts.push({ type, text });
    this.#keep(TEXT_KINDS.has(type) ? this.#texts : this.#reasoning, text);
  }

  #keep(list: string[], text: string): void {
    if (text === '') return;
    list.push(text);
    this.#characters += text.length;
  }
}

/** Mistral's thinking is a list of parts in a part. */
function textOf(thinking: unknown): string {
  if (typeof thinking === 'string') return thinking;
  const { data } = z.array(part).safeParse(thinking);
  return (data ?? []).map(({ text }) => text ?? '').join('');
}

/** Pieces of one part come one after the other. */
function joined(parts: readonly AnswerPart[]): AnswerPart[] {
  const whole: { type: string; text: string }[] = [];
  for (const { type, text } of parts) {
    const last = whole.at(-1);
    if (last?.type === type) last.text += text;
    else whole.push({ type, text });
  }
  return whole;
}

/** What a piece says in place of an answer: each kind of server has its own form for it. */
function errorIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { error, detail, object, choices } = value as Readonly<Record<string, unknown>>;
  if (error !== undefined && error !== null && error !== '') return value;
  if (object === 'error') return value;
  const hasChoices = Array.isArray(choices);
  return !hasChoices && detail !== undefined && detail !== null ? value : undefined;
}
