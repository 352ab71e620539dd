import { type Backoff, backoffMs } from '../base/backoff.ts';
import { type Lifecycle, Loop } from '../base/lifecycle.ts';
import type { ClaimedRequest } from '../queue/request.ts';
import type { Flights } from './flights.ts';
import { RingLimit } from './ring-limit.ts';
import type { WorkerContext } from './worker-parts.ts';

/** After a look that found nothing; longer by each further one, up to poll_interval_ms. */
const FIRST_IDLE_REST_MS = 2;
/** When something else must change first (room, the breaker, the heartbeat): whoever changes it wakes the poller. */
const BLOCKED_REST_MS = 250;
const FAILURE_REST_MS = 500;
/**
 * Little room is given so long to grow: with fast answers the next claim then takes a quarter of `concurrency` at least,
 * in place of a few requests, and one commit serves for many.
 */
const GROW_ROOM_MS = 2;
export interface PollerOptions extends WorkerContext {
  readonly flights: Flights;
  /** Whether anything may be claimed now: the heartbeat is fresh, outcomes find their way to the database. */
  readonly mayClaim: () => boolean;
  readonly dispatch: (requests: readonly ClaimedRequest[], claimedAtMs: number) => Promise<void>;
  /** A claim failed, and may have been committed all the same. */
  readonly suspectOrphans: () => void;
}

/** Looks for due requests and claims them: at once while there are some, ever less often while there are none. */
export class Poller implements Lifecycle {
  readonly #options: PollerOptions;
  readonly #loop: Loop;
  readonly #rings: RingLimit;
  readonly #idleRest: Backoff;
  #isRung = false;
  /** In a row: while there are none, a claim comes without a look before it. */
  #emptyLooks = 0;
  #isGrowingRoom = false;
  #isWaitingForRoom = false;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#rings = new RingLimit(() => options.clock.nowMs());
    this.#idleRest = { firstMs: FIRST_IDLE_REST_MS, longestMs: options.settings.pollIntervalMs };
    this.#loop = new Loop({
      clock: options.clock,
      blockedMs: () => this.#blockedMs(),
      turn: () => this.#turn(),
      onError: (error) => this.#afterFailure(error),
      onRecovered: () => options.events.emit('storeRecovered', { part: 'claim' }),
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** There may be work: looks at once, or at the window's end after too many looks that were for nothing. */
  wake(): void {
    if (this.#rings.pauseMs > 0) return;
    this.#isRung = true;
    this.#loop.wake();
  }

  /** There is room again: looks at once if it was room that it waited for. */
  wakeIfFull(): void {
    if (this.#isWaitingForRoom) this.#loop.wake();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  #blockedMs(): number {
    const room = this.#room();
    this.#isWaitingForRoom = room <= 0;
    if (room <= 0) return this.#options.breaker.retryInMs() || BLOCKED_REST_MS;
    return this.#isWorthWaiting(room) ? GROW_ROOM_MS : 0;
  }

  async #turn(): Promise<number> {
    this.#answerRing();
    const requests = await this.#look(this.#room());
    if (requests.length === 0) return this.#nextIdleRest();
    // The next look follows at once, whoever rang meanwhile: it is no ring's.
    this.#isRung = false;
    this.#rings.clear();
    this.#emptyLooks = 0;
    return 0;
  }

  /** Only after a quiet time or a look that found something is a ring believed: then no SELECT comes before the claim. */
  #answerRing(): void {
    if (this.#isRung && this.#rings.countLook() === 1) this.#emptyLooks = 0;
    this.#isRung = false;
  }

  #room(): number {
    const { settings, flights, breaker, mayClaim } = this.#options;
    if (!mayClaim()) return 0;
    return Math.min(settings.batchSize, settings.concurrency - flights.calling, breaker.allowance());
  }

  /** Once for each claim, and never for a worker with few calls under way. */
  #isWorthWaiting(room: number): boolean {
    const { batchSize, concurrency } = this.#options.settings;
    this.#isGrowingRoom = !this.#isGrowingRoom && room < Math.min(batchSize, concurrency / 4);
    return this.#isGrowingRoom;
  }

  /** While idle a plain SELECT comes first: nothing is locked and nothing committed just to find nothing. */
  async #look(room: number): Promise<readonly ClaimedRequest[]> {
    const { store, workerId, clock, events, dispatch, suspectOrphans } = this.#options;
    if (this.#emptyLooks > 0 && !(await store.hasDue())) return [];
    const claimedAtMs = clock.nowMs();
    let requests: readonly ClaimedRequest[];
    try {
      requests = await store.claim(workerId, room);
    } catch (error) {
      suspectOrphans();
      throw error;
    }
    if (requests.length === 0) return requests;
    events.emit('claimed', { workerId, count: requests.length });
    await dispatch(requests, claimedAtMs);
    return requests;
  }

  #nextIdleRest(): number {
    this.#emptyLooks++;
    const restMs = backoffMs(this.#idleRest, this.#emptyLooks);
    return Math.min(restMs, this.#rings.pauseMs || restMs);
  }

  #afterFailure(error: unknown): number {
    this.#options.events.emit('storeFailed', { part: 'claim', error });
    return FAILURE_REST_MS;
  }
}
