import { backoffMs } from '../../base/backoff.ts';
import { systemClock } from '../../base/clock.ts';
import { AiIpcError } from '../../base/errors.ts';
import type { QueueStore } from '../../queue/queue-store.ts';
import { isEnded, type NewRequest, type RequestView } from '../../queue/request.ts';
import { type MarkedRequests, openMarkedRequests } from '../../store/marked-requests.ts';
import type { StoreSettings } from '../../store/open-store.ts';

/** Stands in source_npc of each request of a self-test, for whoever meets one. */
export const MARK = 'AI IPC self-test';
/** Enough for a slow model, shorter than patience. */
const LIFE_SECONDS = 15;
/** A service that is just being restarted is waited for, and no other. */
const UNREACHED_MS = 3_000;
/** After a life's end a worker writes it within a second or two. */
const AFTER_LIFE_MS = 4_000;
const LOOKS = { firstMs: 2, longestMs: 20, factor: 1.5 } as const;

export interface OwnRequestsOptions {
  readonly store: QueueStore;
  /** Where the store is. */
  readonly database: StoreSettings;
  /** Ends every wait. */
  readonly signal: AbortSignal;
}

/** A request that ended without an answer, with its reason as it stands in the tables. */
export class Unanswered extends Error {
  readonly code: string;

  constructor({ errorCode, status, errorMessage }: RequestView) {
    const code = errorCode ?? status;
    super(`${code}: ${errorMessage ?? 'There is no reason with it.'}`);
    this.name = 'Unanswered';
    this.code = code;
  }
}

const UNREACHED =
  'The worker cannot reach its AI service; its own log names the address. Check that it runs (sudo systemctl status ' +
  "ai-ipc-service) and that the worker's AI_SERVICE_BASE_URL is right.";

/** The requests of one self-test: but for one dialogue they look at the AI service's health, which costs no model anything. */
export class OwnRequests {
  readonly #options: OwnRequestsOptions;
  readonly #marked: MarkedRequests;
  readonly #ids: number[] = [];
  readonly #open = new Set<number>();

  static async open(options: OwnRequestsOptions): Promise<OwnRequests> {
    return new OwnRequests(options, await openMarkedRequests(options.database, MARK));
  }

  private constructor(options: OwnRequestsOptions, marked: MarkedRequests) {
    this.#options = options;
    this.#marked = marked;
  }

  /** Inserts `count` requests in one transaction. */
  async insert(count: number, changes: Partial<NewRequest> = {}): Promise<number[]> {
    const request = { ...HEALTH_CHECK, ...changes };
    const ids = await this.#options.store.insert(Array.from({ length: count }, () => request));
    for (const id of ids) this.#open.add(id);
    this.#ids.push(...ids);
    return ids;
  }

  /** Inserts one request. */
  async insertOne(changes: Partial<NewRequest> = {}): Promise<number> {
    const [id] = await this.insert(1, changes);
    if (id !== undefined) return id;
    throw new AiIpcError('database_failed', 'The database gave no id for the request.');
  }

  /** Throws AiIpcError expired when nobody ends it, bad_id when it is gone, aborted when `signal` says so. */
  async waitForEnd(id: number): Promise<RequestView> {
    const { store, signal } = this.#options;
    const startMs = performance.now();
    const untilMs = startMs + LIFE_SECONDS * 1_000 + AFTER_LIFE_MS;
    for (let looks = 1; !signal.aborted; looks += 1) {
      const view = await store.read(id);
      if (view === undefined) throw new AiIpcError('bad_id', `Request ${id} was deleted by somebody else.`);
      if (isEnded(view.status)) {
        this.#open.delete(id);
        return view;
      }
      if (performance.now() > untilMs) throw unserved(view);
      if (view.errorCode === 'ai_unreachable' && performance.now() > startMs + UNREACHED_MS)
        throw new AiIpcError('ai_unreachable', UNREACHED);
      await systemClock.sleep(backoffMs(LOOKS, looks), signal);
    }
    throw new AiIpcError('aborted', `The wait for request ${id} was stopped.`);
  }

  /** Waits until it is completed; any other end throws Unanswered. */
  async waitForAnswer(id: number): Promise<RequestView> {
    const view = await this.waitForEnd(id);
    if (view.status === 'completed') return view;
    throw new Unanswered(view);
  }

  /** As if it had ended in 1971. */
  async makeOld(id: number): Promise<void> {
    await this.#marked.makeOld(id);
  }

  /** Cancels what has not ended yet. */
  async cancelOpen(): Promise<void> {
    for (const id of this.#open) await this.#options.store.cancel(id);
  }

  /** Deletes all of them, with their responses and their log; then nothing can be done here any more. */
  async remove(): Promise<void> {
    try {
      await this.#marked.delete(this.#ids);
    } finally {
      await this.#marked.close();
    }
  }
}

/** Without a player, so that nothing is remembered and nobody's limits are used up. */
export const DIALOGUE: Partial<NewRequest> = {
  type: 'dialogue',
  endpoint: '/api/v1/npc/dialogue',
  data: JSON.stringify({ message: 'Hello', npc_id: MARK }),
};

const HEALTH_CHECK: NewRequest = {
  type: 'health_check',
  endpoint: '/api/v1/health',
  data: null,
  priority: 5,
  timeoutSeconds: LIFE_SECONDS,
  sourceNpc: MARK,
  sourceMap: null,
};

function unserved({ id, status }: RequestView): AiIpcError {
  const message = `No worker ended request ${id} within its life of ${LIFE_SECONDS} s: it is still ${status}. See the worker's log: journalctl -u ai-ipc-worker -n 50`;
  return new AiIpcError('expired', message);
}
