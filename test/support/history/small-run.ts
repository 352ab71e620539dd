import { createAiClient } from '../../../src/ai/ai-client.ts';
import { createBreaker } from '../../../src/ai/breaker.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { createEvents } from '../../../src/base/events.ts';
import { AiIpc } from '../../../src/client/ai-ipc.ts';
import { storeSettings } from '../../../src/client/database-options.ts';
import { WORKER } from '../../../src/config/schema.ts';
import { defaultsOf } from '../../../src/config/setting.ts';
import type { QueueStore } from '../../../src/queue/queue-store.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { Worker } from '../../../src/worker/worker.ts';
import { type AiStub, startAiStub } from '../ai-stub.ts';
import { QueueObserver } from '../queue-observer.ts';
import { waitFor } from '../wait-for.ts';
import { type Errand, runErrand } from './noted-client.ts';
import type { AskNote, CallNote, ProgramNote } from './notes.ts';
import type { History } from './story.ts';
import { type ReadRows, readTables } from './tables.ts';
import { type Deliver, tokenAnswers } from './token-answers.ts';

/** A bug, planted where the store or the AI service is reached. */
export interface Planted {
  /** The store as workers and clients get it. `sql` goes past it. */
  readonly store?: (store: QueueStore, sql: ReadRows) => QueueStore;
  readonly deliver?: Deliver;
}

/** Of requests that have time enough. */
const LIFE_S = 20;
/** Of those whose answer takes longer; a call that a busy machine took in late is still none after it. */
export const TOO_SHORT_LIFE_S = 2;
const SLOW = { lifeSeconds: LIFE_S, ms: 600 } as const;
/**
 * Of those that a worker gives back when it stops: another one needs them soon, or their life ends. A busy machine may
 * stand still for most of the time that one takes, and the worker still has some to give back.
 */
const GIVEN_BACK = { lifeSeconds: 3, ms: 2_000 } as const;
const MOST_ATTEMPTS = 3;
/** Requests whose answers take their time. */
type Slow = typeof SLOW | typeof GIVEN_BACK;
/** With the 5 s for which a request may be open after its life. */
const OVERDUE = 'expires_at < NOW(3) - INTERVAL 5200000 MICROSECOND';

/**
 * Two workers in this process serve some forty requests of one client: asked, watched, cancelled, given up, failing at
 * first, too slow for their life, taken from a worker as if it were dead, given back by one that stops.
 */
export async function playSmallRun(planted: Planted = {}): Promise<History> {
  const run = await SmallRun.start(planted);
  try {
    return await run.play();
  } finally {
    await run.end();
  }
}

class SmallRun {
  readonly #queue: QueueObserver;
  readonly #stub: AiStub;
  readonly #planted: Planted;
  readonly #client: AiIpc;
  readonly #ends: (() => Promise<unknown>)[] = [];
  readonly #calls: CallNote[] = [];
  readonly #errands: Promise<AskNote>[] = [];
  readonly #programs: ProgramNote[] = [];

  private constructor(
    queue: QueueObserver,
    stub: AiStub,
    { planted, client }: { planted: Planted; client: QueueStore },
  ) {
    this.#queue = queue;
    this.#stub = stub;
    this.#planted = planted;
    this.#client = new AiIpc(client);
    this.#ends.push(() => this.#client.close());
    stub.behaveAlways(tokenAnswers((call) => this.#calls.push(call), planted.deliver));
  }

  static async start(planted: Planted): Promise<SmallRun> {
    const queue = await QueueObserver.create();
    const stub = await startAiStub();
    return new SmallRun(queue, stub, { planted, client: await openPlanted(queue, planted) });
  }

  async play(): Promise<History> {
    const first = await this.#startWorker();
    this.#send(8, { way: 'ask', endpoint: '/answer' });
    this.#send(6, { way: 'watch', endpoint: '/answer' });
    this.#send(4, { way: 'cancel', endpoint: `/slow/${SLOW.ms}`, afterMs: 100 });
    this.#send(2, { way: 'cancel', endpoint: '/answer', afterMs: 1_000 });
    this.#send(2, { way: 'abort', endpoint: `/slow/${SLOW.ms}`, afterMs: 100 });
    this.#send(3, { way: 'ask', endpoint: '/once' });
    await this.#insertForLater();
    const second = await this.#startWorker();
    await this.#takeFrom(first);
    await this.#stopAtWork(first);
    // Now nobody takes them from their worker, or gives them back, in the last moment of their life.
    this.#send(2, { way: 'ask', endpoint: '/slow/5000', lifeSeconds: TOO_SHORT_LIFE_S });
    const asks = await Promise.all(this.#errands);
    await this.#untilAllEnded();
    await second.stop();
    const sql = readerOf(this.#queue);
    return {
      ...{ tables: await readTables(sql), asks, calls: this.#calls, programs: this.#programs },
      ...{ hindrances: [], clockSteps: [] },
    };
  }

  async end(): Promise<void> {
    for (const end of this.#ends) await end();
    await this.#stub.close();
    await this.#queue.database.drop();
  }

  #send(count: number, errand: Partial<Errand> & Pick<Errand, 'way' | 'endpoint'>): void {
    for (let number = 0; number < count; number += 1) {
      const token = `t${this.#errands.length + 1}`;
      this.#errands.push(runErrand(this.#client, { lifeSeconds: LIFE_S, afterMs: 0, ...errand, token }));
    }
  }

  /** A row of plain SQL that nobody may serve within its life: only the sweep ends it. */
  async #insertForLater(): Promise<void> {
    await this.#queue.database.query(
      `INSERT INTO ai_requests (endpoint, request_data, expires_at, available_at)
       VALUES ('/answer', '{"token":"later"}', NOW(3) + INTERVAL 1 SECOND, NOW(3) + INTERVAL 1 HOUR)`,
    );
  }

  /** As another worker does that takes this one for dead: an answer comes all the same, for a claim that is a third one's. */
  async #takeFrom(worker: Worker): Promise<void> {
    const store = await openPlanted(this.#queue, {});
    const options = { workerIds: [worker.id], maxAttempts: MOST_ATTEMPTS, rescuerId: 'rescuer' };
    const take = async () => {
      await this.#held(worker, SLOW);
      await store.rescue(options);
      await waitFor(() => this.#areEnded(SLOW), { what: 'the end of these requests' });
      return await this.#isDropped(SLOW);
    };
    // It may have ended them just before, or claimed them itself again: then it cuts its earlier calls.
    await waitFor(take, { what: 'an answer that comes all the same' });
    await store.close();
  }

  async #stopAtWork(worker: Worker): Promise<void> {
    await this.#held(worker, GIVEN_BACK);
    await worker.stopAtOnce();
    this.#programs.push({ name: worker.id, end: { stoppedAtMs: Date.now() } });
  }

  /** Sends slow requests until this worker is calling for one of them. */
  async #held(worker: Worker, slow: Slow): Promise<void> {
    await waitFor(
      async () => {
        this.#send(4, { way: 'ask', endpoint: `/slow/${slow.ms}`, lifeSeconds: slow.lifeSeconds });
        await waitFor(() => this.#isServed(slow), { what: 'these requests to be served' });
        return await this.#holdsSlow(worker, slow);
      },
      { what: 'slow requests of this worker' },
    );
  }

  async #isServed({ lifeSeconds, ms }: Slow): Promise<boolean> {
    const rows = await this.#queue.database.query(
      "SELECT id FROM ai_requests WHERE timeout = ? AND endpoint = ? AND status = 'pending'",
      [lifeSeconds, `/slow/${ms}`],
    );
    return rows.length === 0;
  }

  async #holdsSlow(worker: Worker, { lifeSeconds }: Slow): Promise<boolean> {
    const rows = await this.#queue.database.query(
      "SELECT id FROM ai_requests WHERE status = 'processing' AND claimed_by = ? AND timeout = ?",
      [worker.id, lifeSeconds],
    );
    return rows.length > 0;
  }

  async #areEnded({ lifeSeconds, ms }: Slow): Promise<boolean> {
    const rows = await this.#queue.database.query(
      "SELECT id FROM ai_requests WHERE timeout = ? AND endpoint = ? AND status IN ('pending', 'processing')",
      [lifeSeconds, `/slow/${ms}`],
    );
    return rows.length === 0;
  }

  async #isDropped({ lifeSeconds, ms }: Slow): Promise<boolean> {
    const rows = await this.#queue.database.query(
      `SELECT r.id FROM ai_requests r JOIN ai_request_log l ON l.request_id = r.id
        WHERE l.event_type = 'dropped' AND r.timeout = ? AND r.endpoint = ?`,
      [lifeSeconds, `/slow/${ms}`],
    );
    return rows.length > 0;
  }

  async #untilAllEnded(): Promise<void> {
    await waitFor(
      async () => {
        const open = await this.#queue.database.query(
          `SELECT id FROM ai_requests WHERE status IN ('pending', 'processing') AND NOT (${OVERDUE})`,
        );
        return open.length === 0;
      },
      { timeoutMs: (LIFE_S + 10) * 1_000, what: 'the end of all requests' },
    );
  }

  async #startWorker(): Promise<Worker> {
    const store = await openPlanted(this.#queue, this.#planted);
    const connections = 32;
    const client = createAiClient({
      ...{ baseUrl: this.#stub.url, headers: {}, maxResponseBytes: 16_384, connections },
    });
    const settings = {
      ...defaultsOf(WORKER),
      aiServiceBaseUrl: this.#stub.url,
      concurrency: connections,
      doorbellBind: null,
    };
    const events = createEvents();
    const breaker = createBreaker(systemClock);
    const worker = new Worker({ store, client, breaker, events, settings, version: 'small-run' });
    await worker.start();
    this.#ends.unshift(async () => {
      await worker.stopAtOnce();
      await client.close();
      await store.close();
    });
    return worker;
  }
}

async function openPlanted(queue: QueueObserver, { store: plant }: Planted): Promise<QueueStore> {
  const settings = storeSettings({ kind: 'mariadb', ...queue.settings, maxPoolSize: 5 });
  const store = await openStore(settings);
  return plant === undefined ? store : plant(store, readerOf(queue));
}

function readerOf(queue: QueueObserver): ReadRows {
  return async (sql, values) => await queue.database.query(sql, values);
}
