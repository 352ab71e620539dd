import { AiIpcError } from '../base/errors.ts';
import type { CallerConnection } from '../queue/queue-store.ts';
import type { NewRequest } from '../queue/request.ts';
import { checkRequest } from '../queue/request-rules.ts';

export interface RequestOptions {
  /** 1 to 10, lower is served first; clamped. Default 5. */
  readonly priority?: number;
  /** Its life in seconds, clamped to a year. Default: what `open` was given, else what the workers tell, else 30. */
  readonly timeoutSeconds?: number;
  /** Who asks, for the log and the AI service: at most 100 characters. */
  readonly sourceNpc?: string;
  /** Where: at most 30 characters. */
  readonly sourceMap?: string;
  /**
   * A connection with an open transaction of your own (packages mariadb, mysql2/promise; for SQLite a DatabaseSync):
   * the request is inserted there, and exists when you commit.
   */
  readonly connection?: CallerConnection;
}

export interface AskOptions extends Omit<RequestOptions, 'connection'> {
  /** Ends the wait and cancels the request; `ask` then throws an AiIpcError with code aborted. */
  readonly signal?: AbortSignal;
}

export interface WaitOptions {
  /** How long to wait. Default: the life of a request that names none. */
  readonly timeoutSeconds?: number;
  /** Ends the wait, and leaves the request as it is. */
  readonly signal?: AbortSignal;
}

/** One request of {@link AiIpc.requestMany}. */
export interface RequestInput extends Omit<RequestOptions, 'connection'> {
  readonly type: string;
  readonly endpoint: string;
  readonly data?: unknown;
}

const DEFAULT_PRIORITY = 5;

/** Throws AiIpcError: bad_type, bad_endpoint, bad_json, data_too_large, … */
export function toNewRequest(input: RequestInput, defaultTimeoutSeconds: number): NewRequest {
  return checkRequest({
    type: input.type,
    endpoint: input.endpoint,
    data: toJsonText(input.data),
    priority: input.priority ?? DEFAULT_PRIORITY,
    timeoutSeconds: input.timeoutSeconds ?? defaultTimeoutSeconds,
    sourceNpc: input.sourceNpc ?? null,
    sourceMap: input.sourceMap ?? null,
  });
}

/** Text is taken as JSON already; everything else becomes JSON. */
function toJsonText(data: unknown): string | null {
  if (data === undefined || data === null) return null;
  if (typeof data === 'string') return data;
  try {
    const text: unknown = JSON.stringify(data);
    if (typeof text === 'string') return text;
  } catch (error) {
    throw new AiIpcError('bad_json', 'The request data cannot be written as JSON (a circle or a BigInt).', {
      cause: error,
    });
  }
  throw new AiIpcError('bad_json', `The request data is a ${typeof data}, which JSON has no word for.`);
}
