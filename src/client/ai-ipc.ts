import { systemClock } from '../base/clock.ts';
import { AiIpcError } from '../base/errors.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import { type RequestView, statusCode } from '../queue/request.ts';
import { clampAgeSeconds, isPossibleId } from '../queue/request-rules.ts';
import type { AskResult } from './ask-result.ts';
import { ask, type Stored, wait } from './asking.ts';
import { type ClientOptions, DEFAULT_AGE_SECONDS, DEFAULT_TIMEOUT_SECONDS } from './client-options.ts';
import type { DatabaseOptions } from './database-options.ts';
import { openByOptions } from './option-words.ts';
import {
  type AskOptions,
  type RequestInput,
  type RequestOptions,
  toNewRequest,
  type WaitOptions,
} from './request-input.ts';
import { WorkerDirectory } from './worker-directory.ts';

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
  readonly #asking: Parameters<typeof ask>[0];
  readonly #workers: WorkerDirectory;

  /** Over a store that is open already; `open` is the usual way. */
  constructor(store: QueueStore, options: ClientOptions = {}) {
    this.#store = store;
    this.#options = options;
    this.#workers = new WorkerDirectory(store);
    this.#asking = { store, clock: options.clock ?? systemClock, ringBacks: this.#workers.ringBacks };
  }

  /** Opens the queue. Throws AiIpcError: bad_argument, database_unavailable, database_denied, schema_missing, storage_failed, … */
  static async open(database: DatabaseOptions, options: ClientOptions = {}): Promise<AiIpc> {
    return new AiIpc(await openByOptions(database), options);
  }

  /**
   * Inserts a request and returns its id. `data` is JSON text, or a value that becomes JSON; nothing is sent as `{}`.
   * Throws AiIpcError: bad_type, bad_endpoint, bad_json, data_too_large, database_unavailable (it is not stored),
   * fate_unknown (nobody knows), …
   */
  async request(
    type: string,
    endpoint: string,
    data?: unknown,
    options: RequestOptions = {},
  ): Promise<number> {
    const { id } = await this.#insert({ ...options, type, endpoint, data });
    // A caller's transaction is not committed yet: there is nothing to find behind the door.
    if (options.connection === undefined) await this.#workers.ring();
    return id;
  }

  /** Inserts many requests in one transaction, all or none; the ids come in the same order. */
  async requestMany(inputs: readonly RequestInput[]): Promise<number[]> {
    if (inputs.length === 0) return [];
    const timeoutSeconds = await this.#defaultTimeoutSeconds();
    const ids = await this.#store.insert(inputs.map((input) => toNewRequest(input, timeoutSeconds)));
    await this.#workers.ring();
    return ids;
  }

  /** The answer's JSON as the AI service gave it; '' while there is none, and for requests that ended without one. */
  async response(id: number): Promise<string> {
    return (await this.read(id))?.responseData ?? '';
  }

  /** 0 not found, 1 pending, 2 processing, 3 completed, 4 failed, 5 timeout, 6 cancelled. */
  async status(id: number): Promise<number> {
    return statusCode((await this.read(id))?.status);
  }

  /** Everything a client can know of a request; undefined when there is none. */
  async read(id: number): Promise<RequestView | undefined> {
    return isPossibleId(id) ? await this.#store.read(id) : undefined;
  }

  /** Cancels a pending or processing request; false when it had ended or never was. */
  async cancel(id: number): Promise<boolean> {
    return isPossibleId(id) && (await this.#store.cancel(id));
  }

  /** Deletes ended requests older than `ageSeconds` (clamped to 60 … 2,592,000); returns how many. */
  async cleanup(ageSeconds: number = DEFAULT_AGE_SECONDS): Promise<number> {
    return await this.#store.cleanup({ ageSeconds: clampAgeSeconds(ageSeconds), scan: 'whole' });
  }

  /**
   * Requests and waits for the end, 4 s longer than the request lives at the most. Every failure is in the result; throws
   * only when `signal` aborts, at once or, where the database does not answer, within 3 s. `Answer` is what the AI service
   * promises for this endpoint; nobody checks it.
   */
  async ask<Answer = unknown>(
    type: string,
    endpoint: string,
    data?: unknown,
    options: AskOptions = {},
  ): Promise<AskResult<Answer>> {
    const { signal, ...rest } = options;
    const insert = async () => {
      const stored = await this.#insert({ ...rest, type, endpoint, data });
      // Nobody waits for the ring: without it, the poll finds the request.
      this.#workers.ring(stored.id).catch(() => undefined);
      return stored;
    };
    return await ask<Answer>(this.#asking, insert, {
      signal,
      lifeSeconds: options.timeoutSeconds ?? this.#options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
    });
  }

  /**
   * Waits for the end of a request that was made before, as `ask` does. A request that has not ended after `timeoutSeconds`
   * (default: the life that a request has) stays as it is: its status is told, with the error expired. So does one whose
   * wait `signal` aborts; that throws AiIpcError aborted.
   */
  async wait<Answer = unknown>(id: number, options: WaitOptions = {}): Promise<AskResult<Answer>> {
    const lifeSeconds = async () => options.timeoutSeconds ?? (await this.#defaultTimeoutSeconds());
    return await wait<Answer>(this.#asking, id, { signal: options.signal, lifeSeconds });
  }

  async close(): Promise<void> {
    this.#workers.close();
    await this.#store.close();
  }

  async #insert({
    connection,
    ...input
  }: RequestInput & Pick<RequestOptions, 'connection'>): Promise<Stored> {
    const request = toNewRequest(input, await this.#defaultTimeoutSeconds());
    const [id] = await this.#store.insert([request], connection);
    if (id === undefined) throw new AiIpcError('database_failed', 'The database gave no id for the request.');
    return { id, lifeSeconds: request.timeoutSeconds };
  }

  async #defaultTimeoutSeconds(): Promise<number> {
    return this.#options.timeoutSeconds ?? (await this.#workers.timeoutSeconds()) ?? DEFAULT_TIMEOUT_SECONDS;
  }
}
