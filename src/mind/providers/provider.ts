import type { Clock } from '../../base/clock.ts';
import type { AnswerSchema } from './answer-format.ts';
import type { Completion } from './completion.ts';

/** Where a model runs, and how it is reached. */
export interface ModelServer {
  /** Up to and with the version, such as http://127.0.0.1:11434/v1. */
  readonly baseUrl: string;
  /** Empty or null for a server that wants none. */
  readonly apiKey: string | null;
  /** Sent with each call, such as {"HTTP-Referer": "https://my-server.example"}. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The longest that one answer may take. */
  readonly timeoutMs: number;
  /** Default 262,144: an answer of 400 characters has about 1,500 bytes, thoughts of a reasoning model some thousand. */
  readonly maxResponseBytes?: number;
  readonly clock: Clock;
}

/** What a model is asked. */
export interface ModelQuestion {
  readonly model: string;
  readonly system: string;
  readonly user: string;
  readonly schema: AnswerSchema;
  readonly temperature: number | undefined;
  readonly maxTokens: number;
}

/** Speaks with one model server, in the way that it understands. */
export interface ModelProvider {
  /** Ends, with a completion or with ModelError, soon after `signal` is aborted or after the server's timeoutMs. */
  complete(question: ModelQuestion, signal: AbortSignal): Promise<Completion>;
}
