import { type Lifecycle, Loop } from '../base/lifecycle.ts';
import type { ClaimedRequest } from '../queue/request.ts';
import type { Flights } from './flights.ts';
import type { WorkerContext } from './worker-parts.ts';

/** After a look that found nothing; doubled by each further one, up to poll_interval_ms. */
const FIRST_IDLE_REST_MS = 2;
/** When something else must change first (room, the breaker, the heartbeat): whoever changes it wakes the poller. */
const BLOCKED_REST_MS = 250;
const FAILURE_REST_MS = 500;
/**
 * Little room is given so long to grow: with fast answers the next claim then takes a quarter of `concurrency` at least,
 * in place of a few requests, and one commit serves for many.
 */
const GROW_ROOM_MS = 2;
/**
 * Anybody on the network may ring a doorbell that listens there. So many looks of rings that find nothing are made in a
 * window; the next look is at its end. 20 are one for each of 200 requests a second that other workers took.
 */
const RING_WINDOW_MS = 100;
const EMPTY_LOOKS_A_WINDOW = 20;

export interface PollerOptions extends WorkerContext {
  readonly flights: Flights;
  /** Whether anything may be claimed now: the heartbeat is fresh, outcomes find their way to the database. */
  readonly mayClaim: () => boolean;
  readonly dispatch: (requests: readonly ClaimedRequest[], claimedAtMs: number) => Promise<void>;
}

/** Looks for due requests and claims them: at once while there are some, ever less often while there are none. */
export class Poller implements Lifecycle {
  readonly #options: PollerOptions;
  readonly #loop: Loop;
  readonly #rings: RingLimit;
  #isRung = false;
  #idleRestMs = 0;
  #isFailing = false;
  #isGrowingRoom = false;
  #isWaitingForRoom = false;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#rings = new RingLimit(() => options.clock.nowMs());
    this.#loop = new Loop({
      clock: options.clock,
      turn: () => this.#turn(),
      onError: (error) => this.#afterFailure(error),
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

  async #turn(): Promise<number> {
    const room = this.#room();
    this.#isWaitingForRoom = room <= 0;
    if (room <= 0) return this.#options.breaker.retryInMs() || BLOCKED_REST_MS;
    if (this.#isWorthWaiting(room)) return GROW_ROOM_MS;
    this.#answerRing();
    const requests = await this.#look(room);
    this.#recovered();
    if (requests.length === 0) return this.#nextIdleRest();
    // The next look follows at once, whoever rang meanwhile: it is no ring's.
    this.#isRung = false;
    this.#rings.clear();
    this.#idleRestMs = 0;
    return 0;
  }

  /** Only after a quiet time or a look that found something is a ring believed: then no SELECT comes before the claim. */
  #answerRing(): void {
    if (this.#isRung && this.#rings.countLook() === 1) this.#idleRestMs = 0;
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
    const { store, workerId, clock, events, dispatch } = this.#options;
    if (this.#idleRestMs > 0 && !(await store.hasDue())) return [];
    const claimedAtMs = clock.nowMs();
    const requests = await store.claim(workerId, room);
    if (requests.length === 0) return requests;
    events.emit('claimed', { workerId, count: requests.length });
    await dispatch(requests, claimedAtMs);
    return requests;
  }

  #nextIdleRest(): number {
    const doubled = Math.max(FIRST_IDLE_REST_MS, this.#idleRestMs * 2);
    this.#idleRestMs = Math.min(doubled, this.#options.settings.pollIntervalMs);
    return Math.min(this.#idleRestMs, this.#rings.pauseMs || this.#idleRestMs);
  }

  #afterFailure(error: unknown): number {
    this.#isFailing = true;
    this.#options.events.emit('storeFailed', { part: 'claim', error });
    return FAILURE_REST_MS;
  }

  #recovered(): void {
    if (this.#isFailing) this.#options.events.emit('storeRecovered', { part: 'claim' });
    this.#isFailing = false;
  }
}

/** Counts the looks that rings caused since one found something, by windows that begin with the first. */
class RingLimit {
  readonly #nowMs: () => number;
  #windowEndMs = Number.NEGATIVE_INFINITY;
  #looks = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** How long no ring is answered; 0 while the window has looks left. */
  get pauseMs(): number {
    return this.#looks < EMPTY_LOOKS_A_WINDOW ? 0 : Math.max(0, this.#windowEndMs - this.#nowMs());
  }

  /** Returns which look of its window this one is. */
  countLook(): number {
    const nowMs = this.#nowMs();
    if (this.#looks === 0 || nowMs >= this.#windowEndMs) {
      this.#looks = 0;
      this.#windowEndMs = nowMs + RING_WINDOW_MS;
    }
    this.#looks++;
    return this.#looks;
  }

  clear(): void {
    this.#looks = 0;
  }
}
