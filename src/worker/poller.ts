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
  #idleRestMs = 0;
  #isFailing = false;
  #isGrowingRoom = false;
  #isWaitingForRoom = false;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#loop = new Loop({
      clock: options.clock,
      turn: () => this.#turn(),
      onError: (error) => this.#afterFailure(error),
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** There may be work: looks at once. */
  wake(): void {
    this.#idleRestMs = 0;
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
    const requests = await this.#look(room);
    this.#recovered();
    if (requests.length === 0) return this.#nextIdleRest();
    this.#idleRestMs = 0;
    return 0;
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
    return this.#idleRestMs;
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
