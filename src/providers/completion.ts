import type { TokenCount } from './token-count.ts';

/** What a model gave for one question, gathered from the pieces in which it came. */
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
  /** How much of the prompt the server had to read anew; null where it does not tell. */
  readonly timings: PromptTimings | null;
}

export interface AnswerPart {
  /** As the server names it, such as text, thinking or reasoning. */
  readonly type: string;
  readonly text: string;
}

export interface PromptTimings {
  /** Tokens of the prompt that it evaluated for this answer. */
  readonly evaluatedTokens: number;
  /** Tokens of the prompt that it still had from an answer before. */
  readonly cachedTokens: number;
}
