import type { Clock } from '../base/clock.ts';
import type { NetworkSettings } from '../base/proxy-settings.ts';
import type { Trace } from '../base/tracing.ts';
import type { AnswerSchema } from './answer-format.ts';
import type { Completion } from './completion.ts';
import type { ModelError } from './model-error.ts';
import type { LearntProfile } from './profile-book.ts';
import type { ServerProfile } from './server-profile.ts';

/** Where a model runs, and how it is reached. */
export interface ModelServer {
  /** Up to and with the version, such as http://127.0.0.1:11434/v1; a query, such as api-version, goes with each call. */
  readonly baseUrl: string;
  /** Empty or null for a server that wants none. */
  readonly apiKey: string | null;
  /** Sent with each call, such as {"HTTP-Referer": "https://my-server.example"}. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The longest that one answer may take. */
  readonly timeoutMs: number;
  /** Default 262,144: an answer of 400 characters has about 1,500 bytes, thoughts of a reasoning model some thousand. */
  readonly maxResponseBytes?: number;
  /** An admin's own fields for the body of each call; they win over those of this package. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** What of its profile is set, and not learnt. */
  readonly profile?: Partial<ServerProfile>;
  /** How many calls it takes at once; left out or null, that is found out. */
  readonly slots?: number | null;
  /** Told of each thing that was learnt of a model, once. */
  readonly onLearnt?: (learnt: LearntProfile) => void;
  /** Proxies, and the authorities that are believed. */
  readonly network?: NetworkSettings;
  readonly clock: Clock;
}

/** What of a question may be shortened. */
interface QuestionTexts {
  readonly system: string;
  readonly user: string;
  /** For the answer. */
  readonly maxTokens: number;
}

/** What a model is asked. */
export interface ModelQuestion extends QuestionTexts {
  readonly model: string;
  readonly schema: AnswerSchema;
  readonly temperature: number | undefined;
  /** What to send when it is its turn, in place of what it had when it was asked. */
  readonly atItsTurn?: () => Promise<QuestionTexts>;
  /** What to send where so many calls at once share one context, which is full; null where nothing shorter is left. */
  readonly whenShared?: (sharers: number) => Promise<QuestionTexts | null>;
  /** For a reasoning model's thoughts, in addition. Default 0. */
  readonly thinkingTokens?: number | undefined;
  /** How much a reasoning model thinks, such as low; left out, its server decides. */
  readonly reasoningEffort?: string | undefined;
  /** Whose turn it is where several wait for the server: lower ones first. Default 5. */
  readonly priority?: number | undefined;
  /** What the call continues; undefined where nobody traces. */
  readonly trace?: Trace | undefined;
  /** Nobody waits for it: it is asked only while nobody else asks the server, and given up as soon as somebody does. */
  readonly isQuiet?: boolean | undefined;
}

/** Speaks with one model server, in the way that it understands. */
export interface ModelProvider {
  /**
   * Ends, with a completion or with ModelError, soon after `signal` is aborted or after the server's timeoutMs. Tells when
   * the first word comes in.
   */
  complete(question: ModelQuestion, signal: AbortSignal, onFirstWord?: () => void): Promise<Completion>;
  /** One short question without a deadline of its own, so that the model is loaded; what went wrong, or null. */
  warmUp(model: string, signal: AbortSignal): Promise<ModelError | null>;
}
