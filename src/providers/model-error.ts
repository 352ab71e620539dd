import { AiIpcError } from '../base/errors.ts';
import { NO_TOKENS, type TokenCount } from './token-count.ts';

/**
 * What a trouble is about, and so whom it concerns: this message alone (refused, too long, nobody waits for its answer), the load of the server (too
 * many calls, a model that is still being loaded), the server itself (away, broken, set up wrongly), or the words of an
 * answer, which cannot be used. Only trouble with the server says that others will meet it too.
 */
export type TroubleKind = 'message' | 'load' | 'server' | 'answer';

/** Why, where it matters to whoever answers in the model's place. */
export type TroubleReason = 'refused' | 'too_long' | 'shared_full' | 'loading' | 'given_up';

/** What a server told of a prompt that was too long for it; null where it did not tell. */
export interface ContextSizes {
  readonly contextTokens: number | null;
  readonly promptTokens: number | null;
}

interface ModelErrorOptions {
  readonly cause?: unknown;
  /** What was spent on an answer that cannot be used: it counts like one that can. */
  readonly tokens?: TokenCount;
  /** Default `answer` where it hasAnswered, else `server`. */
  readonly kind?: TroubleKind;
  readonly reason?: TroubleReason;
  /** The server is down, whatever it is asked: enough of these in a row, and it is left in peace. */
  readonly isOutage?: boolean;
  /** The model did answer; its words cannot be used. */
  readonly hasAnswered?: boolean;
  /** Of load: when to ask again. */
  readonly retryAfterMs?: number;
  /** Of what is too long. */
  readonly sizes?: ContextSizes;
}

const UNKNOWN_SIZES: ContextSizes = { contextTokens: null, promptTokens: null };

/** The AiIpcError of a model that gave no answer. */
export class ModelError extends AiIpcError {
  declare readonly code: 'model_failed' | 'model_timeout';
  readonly tokens: TokenCount;
  readonly kind: TroubleKind;
  readonly reason: TroubleReason | null;
  readonly isOutage: boolean;
  readonly hasAnswered: boolean;
  readonly retryAfterMs: number | null;
  readonly sizes: ContextSizes;

  constructor(code: 'model_failed' | 'model_timeout', message: string, options: ModelErrorOptions = {}) {
    super(code, message, options.cause === undefined ? {} : { cause: options.cause });
    this.tokens = options.tokens ?? NO_TOKENS;
    this.hasAnswered = options.hasAnswered ?? false;
    this.kind = options.kind ?? (this.hasAnswered ? 'answer' : 'server');
    this.reason = options.reason ?? null;
    this.isOutage = options.isOutage ?? false;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.sizes = options.sizes ?? UNKNOWN_SIZES;
  }

  /** The same error where more was spent, on others that failed as well. */
  withTokens(tokens: TokenCount): ModelError {
    const { kind, reason, isOutage, hasAnswered, retryAfterMs, sizes } = this;
    return new ModelError(this.code, this.message, {
      ...{ cause: this.cause, tokens, kind, isOutage, hasAnswered, sizes },
      ...(reason === null ? {} : { reason }),
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
    });
  }
}

/** The tokens that went into an answer that failed; none when the error is no model's. */
export function tokensSpent(error: unknown): TokenCount {
  return error instanceof ModelError ? error.tokens : NO_TOKENS;
}

/** Why a model's server would not take this line, or cannot yet: then the NPC says a canned line. */
export function cannedReasonOf(error: unknown): 'refused' | 'loading' | null {
  if (!(error instanceof ModelError)) return null;
  if (error.reason === 'loading') return 'loading';
  return error.kind === 'message' && error.reason !== 'given_up' ? 'refused' : null;
}
