import { backoffMs } from '../base/backoff.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { AiIpcError, type RequestError } from '../base/errors.ts';
import type { CallerConnection, QueueStore } from '../queue/queue-store.ts';
import { isEnded, type NewRequest, type RequestView, statusCode } from '../queue/request.ts';
import { checkRequest, clampAgeSeconds, clampTimeoutSeconds } from '../queue/request-rules.ts';
import { openStore } from '../store/open-store.ts';
import { type AskResult, askFailure, askResultOf } from './ask-result.ts';
import { type DatabaseOptions, storeSettings } from './database-options.ts';
import { WorkerDirectory } from './worker-directory.ts';

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

/** One request of {@link AiIpc.requestMany}. */
export interface RequestInput extends Omit<RequestOptions, 'connection'> {
  readonly type: string;
  readonly endpoint: string;
  readonly data?: unknown;
}

export interface ClientOptions {
  /** The life in seconds of a request that names none. Default: what the living workers tell, else 30. */
  readonly timeoutSeconds?: number;
  /** Called after each INSERT instead of ringing doorbells: a worker in the same process. */
  readonly onRequest?: () => void;
  readonly clock?: Clock;
}

const DEFAULT_PRIORITY = 5;
const DEFAULT_TIMEOUT_SECONDS = 30;
const DEFAULT_AGE_SECONDS = 3_600;
/** An answer is looked for after 2 ms, then ever less often, at most every 50 ms: a read by key costs 0.1 ms. */
const LOOKS = { firstMs: 2, longestMs: 50, factor: 1.5 } as const;
/** After a request's life the worker needs a moment to write its end; without any worker nobody does. */
const AFTER_LIFE_MS = 3_000;
/** Whoever gives up does not wait for a database that hangs; a cancel takes a few milliseconds. */
const CANCEL_WITHIN_MS = 3_000;

/**
 * The five commands of the contract, from TypeScript.
 *
 * @example
 * const ai = await AiIpc.open({ kind: 'sqlite', file: 'ai_ipc.sqlite' });
 * const { text } = await ai.ask('dialogue', '/api/v1/npc/dialogue', { message: 'Hello' });
 * await ai.close();
 */
export class AiIpc {
  readonly #store: QueueStore;
  readonly #options: ClientOptions;
  readonly #clock: Clock;
  readonly #workers: WorkerDirectory;

  /** Over a store that is open already; `open` is the usual way. */
  constructor(store: QueueStore, options: ClientOptions = {}) {
    this.#store = store;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#workers = new WorkerDirectory(store);
  }

  /** Opens the queue. Throws AiIpcError: database_unavailable, database_denied, schema_missing, storage_failed, … */
  static async open(database: DatabaseOptions, options: ClientOptions = {}): Promise<AiIpc> {
    return new AiIpc(await openStore(storeSettings(database)), options);
  }

  /**
   * Inserts a request and returns its id. `data` is JSON text, or a value that becomes JSON; nothing is sent as `{}`.
   * Throws AiIpcError: bad_type, bad_endpoint, bad_json, data_too_large, database_unavailable, …
   */
  async request(
    type: string,
    endpoint: string,
    data?: unknown,
    options: RequestOptions = {},
  ): Promise<number> {
    const { connection, ...rest } = options;
    const request = this.#toRequest({ ...rest, type, endpoint, data }, await this.#defaultTimeoutSeconds());
    const [id] = await this.#store.insert([request], connection);
    if (id === undefined) throw new AiIpcError('database_failed', 'The database gave no id for the request.');
    // A caller's transaction is not committed yet: there is nothing to find behind the door.
    if (connection === undefined) await this.#ring();
    return id;
  }

  /** Inserts many requests in one transaction, all or none; the ids come in the same order. */
  async requestMany(inputs: readonly RequestInput[]): Promise<number[]> {
    if (inputs.length === 0) return [];
    const timeoutSeconds = await this.#defaultTimeoutSeconds();
    const ids = await this.#store.insert(inputs.map((input) => this.#toRequest(input, timeoutSeconds)));
    await this.#ring();
    return ids;
  }

  /** The answer's JSON as the AI service gave it; '' while there is none, and for requests that ended without one. */
  async response(id: number): Promise<string> {
    return (await this.#read(id))?.responseData ?? '';
  }

  /** 0 not found, 1 pending, 2 processing, 3 completed, 4 failed, 5 timeout, 6 cancelled. */
  async status(id: number): Promise<number> {
    return statusCode((await this.#read(id))?.status);
  }

  /** Everything a client can know of a request; undefined when there is none. */
  async read(id: number): Promise<RequestView | undefined> {
    return await this.#read(id);
  }

  /** Cancels a pending or processing request; false when it had ended or never was. */
  async cancel(id: number): Promise<boolean> {
    return isPossible(id) && (await this.#store.cancel(id));
  }

  /** Deletes ended requests older than `ageSeconds` (clamped to 60 … 2,592,000); returns how many. */
  async cleanup(ageSeconds: number = DEFAULT_AGE_SECONDS): Promise<number> {
    return await this.#store.cleanup({ ageSeconds: clampAgeSeconds(ageSeconds), scan: 'whole' });
  }

  /** Requests and waits for the end. Every failure is in the result; throws only when `signal` aborts. */
  async ask(type: string, endpoint: string, data?: unknown, options: AskOptions = {}): Promise<AskResult> {
    const { signal, ...rest } = options;
    let id = -1;
    try {
      signal?.throwIfAborted();
      id = await this.request(type, endpoint, data, rest);
      const lifeSeconds = rest.timeoutSeconds ?? (await this.#defaultTimeoutSeconds());
      return await orAborted(this.#waitForEnd(id, clampTimeoutSeconds(lifeSeconds), signal), signal);
    } catch (error) {
      if (signal?.aborted) throw await this.#abandon(id, signal);
      return askFailure(id, id === -1 ? 'failed' : 'pending', toRequestError(error));
    }
  }

  async close(): Promise<void> {
    this.#workers.close();
    await this.#store.close();
  }

  async #waitForEnd(id: number, lifeSeconds: number, signal: AbortSignal | undefined): Promise<AskResult> {
    const untilMs = this.#clock.nowMs() + lifeSeconds * 1000 + AFTER_LIFE_MS;
    for (let looks = 1; ; looks += 1) {
      signal?.throwIfAborted();
      const view = await this.#readUntil(id, untilMs, signal);
      if (view === undefined) return askFailure(id, 'failed', GONE);
      if (isEnded(view.status)) return askResultOf(view);
      if (this.#clock.nowMs() >= untilMs) return askFailure(id, view.status, UNSERVED);
      await this.#clock.sleep(backoffMs(LOOKS, looks), signal);
    }
  }

  /** The database may be away for a moment: the request is in it and goes on being served afterwards. */
  async #readUntil(id: number, untilMs: number, signal?: AbortSignal): Promise<RequestView | undefined> {
    for (;;) {
      try {
        return await this.#store.read(id);
      } catch (error) {
        const isPassing = error instanceof AiIpcError && error.code === 'database_unavailable';
        if (!isPassing || this.#clock.nowMs() >= untilMs) throw error;
        await this.#clock.sleep(LOOKS.longestMs, signal);
        signal?.throwIfAborted();
      }
    }
  }

  /** Nobody waits for the answer any more: the request is cancelled, as well as that can be done in a short time. */
  async #abandon(id: number, signal: AbortSignal): Promise<AiIpcError> {
    const aborted = (message: string, cause: unknown) => new AiIpcError('aborted', message, { cause });
    if (id === -1)
      return aborted('The wait was aborted before the request was known to be in the queue.', signal.reason);
    const notCancelled = `The wait was aborted; the request ${id} could not be cancelled and will expire.`;
    const overdue = new AbortController();
    const late = this.#clock
      .sleep(CANCEL_WITHIN_MS, overdue.signal)
      .then(() => aborted(notCancelled, signal.reason));
    const cancelled = this.#store.cancel(id).then(
      () => aborted('The wait was aborted; the request is cancelled.', signal.reason),
      (error: unknown) => aborted(notCancelled, error),
    );
    try {
      return await Promise.race([cancelled, late]);
    } finally {
      overdue.abort();
    }
  }

  #toRequest(input: RequestInput, defaultTimeoutSeconds: number): NewRequest {
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

  async #defaultTimeoutSeconds(): Promise<number> {
    return this.#options.timeoutSeconds ?? (await this.#workers.timeoutSeconds()) ?? DEFAULT_TIMEOUT_SECONDS;
  }

  async #ring(): Promise<void> {
    if (this.#options.onRequest) this.#options.onRequest();
    else await this.#workers.ring();
  }

  async #read(id: number): Promise<RequestView | undefined> {
    return isPossible(id) ? await this.#store.read(id) : undefined;
  }
}

/** Ends with `signal` even where a look at the database hangs; that one ends later, by its own limit. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  const settled = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { signal: settled.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    settled.abort();
  }
}

const GONE: RequestError = { code: 'bad_id', message: 'The request was deleted before it ended.' };
const UNSERVED: RequestError = {
  code: 'expired',
  message: 'No worker ended the request within its life. Is `ai-ipc worker` running on this database?',
};

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

/** False for 0 and negative ids, which no request has. */
function isPossible(id: number): boolean {
  if (!Number.isInteger(id)) throw new AiIpcError('bad_id', `The id ${id} is not a whole number.`);
  if (!Number.isSafeInteger(id))
    throw new AiIpcError('id_too_large', `The id ${id} is above 2^53 and cannot be told exactly.`);
  return id > 0;
}

function toRequestError(error: unknown): RequestError {
  if (error instanceof AiIpcError) return { code: error.code, message: error.message };
  return { code: 'database_failed', message: String(error) };
}
