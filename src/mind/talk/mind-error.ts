import { AiIpcError } from '../../base/errors.ts';
import { NO_TOKENS, type TokenCount } from './mind.ts';

/** What a server told of a prompt that was too long for it; null where it did not tell. */
export interface ContextSizes {
  readonly contextTokens: number | null;
  readonly promptTokens: number | null;
}

interface ModelErrorOptions {
  readonly cause?: unknown;
  /** What was spent on an answer that cannot be used: it counts like one that can. */
  readonly tokens?: TokenCount;
  /** The server is down or too busy, whatever it is asked. */
  readonly isOutage?: boolean;
  /** The model did answer; its words cannot be used. */
  readonly hasAnswered?: boolean;
  readonly reason?: 'too_long';
  /** Of what is too long. */
  readonly sizes?: ContextSizes;
}

const UNKNOWN_SIZES: ContextSizes = { contextTokens: null, promptTokens: null };

/** The AiIpcError of a model that gave no answer. */
export class ModelError extends AiIpcError {
  readonly tokens: TokenCount;
  readonly isOutage: boolean;
  readonly hasAnswered: boolean;
  readonly reason: 'too_long' | null;
  readonly sizes: ContextSizes;

  constructor(code: 'model_failed' | 'model_timeout', message: string, options: ModelErrorOptions = {}) {
    super(code, message, options.cause === undefined ? {} : { cause: options.cause });
    this.tokens = options.tokens ?? NO_TOKENS;
    this.isOutage = options.isOutage ?? false;
    this.hasAnswered = options.hasAnswered ?? false;
    this.reason = options.reason ?? null;
    this.sizes = options.sizes ?? UNKNOWN_SIZES;
  }
}

/** The tokens that went into an answer that failed; none when the error is no model's. */
export function tokensSpent(error: unknown): TokenCount {
  return error instanceof ModelError ? error.tokens : NO_TOKENS;
}
