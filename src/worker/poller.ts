import { type Backoff, backoffMs } from '../base/backoff.ts';
import { type Lifecycle, Loop } from '../base/lifecycle.ts';
import type { ClaimedRequest } from '../queue/request.ts';
import { RingLimit } from './ring-limit.ts';
import { RingTrust } from './ring-trust.ts';
import { Room, type RoomOptions } from './room.ts';
import type { WorkerContext } from './worker-parts.ts';

/** After a look that left nothing; longer by each further one, up to poll_interval_ms. */
const FIRST_IDLE_REST_MS = 2;
/**
 * Where everybody rings, looks that nobody rang for begin later, and come so many times more seldom. With 2 ms there were two
 * of them for each of 200 requests a second, which took the CPU that the requests waited for.
 */
const FIRST_TRUSTING_REST_MS = 20;
const TRUST_FACTOR = 3;
const FAILURE_REST_MS = 500;

export interface PollerOptions extends WorkerContext, RoomOptions {
  readonly dispatch: (requests: readonly ClaimedRequest[], claimedAtMs: number) => Promise<void>;
  /** A claim failed, and may have been committed all the same. */
  readonly suspectOrphans: () => void;
}

/** Looks for due requests and claims them: at once while there are more, ever less often while there are none. */
export class Poller implements Lifecycle {
  readonly #options: PollerOptions;
  readonly #loop: Loop;
  readonly #rings: RingLimit;
  readonly #trust = new RingTrust();
  readonly #room: Room;
  #isRung = false;
  /** In a row: while there are none, a claim comes without a look before it. */
  #emptyLooks = 0;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#rings = new RingLimit(() => options.clock.nowMs());
    this.#room = new Room(options);
    this.#loop = new Loop({
      clock: options.clock,
      blockedMs: () => this.#room.blockedMs(),
      turn: () => this.#turn(),
      onError: (error) => this.#afterFailure(error),
      onRecovered: () => options.events.emit('storeRecovered', { part: 'claim' }),
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** The doorbell: somebody says that there is work. */
  ring(): void {
    this.#trust.noteRing(this.#options.clock.nowMs());
    this.wake();
  }

  /** There may be work: looks at once, or at the window's end after too many looks that were for nothing. */
  wake(): void {
    if (this.#rings.pauseMs > 0) return;
    this.#isRung = true;
    this.#loop.wake();
  }

  /** There is room again: looks at once if it was room that it waited for. */
  wakeIfFull(): void {
    if (this.#room.isAwaited) this.#loop.wake();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #turn(): Promise<number> {
    this.#answerRing();
    const asked = this.#room.now;
    const found = (await this.#look(asked)).length;
    this.#room.note({ asked, found });
    if (found === 0) return this.#nextIdleRest();
    this.#trust.noteFound(this.#options.clock.nowMs());
    this.#rings.clear();
    this.#emptyLooks = 0;
    // It took all there was: another claim would be two trips for nothing, unless somebody rang meanwhile.
    if (found < asked && !this.#isRung) return this.#nextIdleRest();
    // The next look follows at once: it is no ring's.
    this.#isRung = false;
    return 0;
  }

  /** Only after a quiet time or a look that found something is a ring believed: then no SELECT comes before the claim. */
  #answerRing(): void {
    if (this.#isRung && this.#rings.countLook() === 1) this.#emptyLooks = 0;
    this.#isRung = false;
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
    const restMs = backoffMs(this.#idleRests(), this.#emptyLooks);
    return Math.min(restMs, this.#rings.pauseMs || restMs);
  }

  #idleRests(): Backoff {
    const { settings, clock } = this.#options;
    const longestMs = settings.pollIntervalMs;
    if (!this.#trust.isEarned(clock.nowMs())) return { firstMs: FIRST_IDLE_REST_MS, longestMs };
    return { firstMs: FIRST_TRUSTING_REST_MS, longestMs: TRUST_FACTOR * longestMs };
  }

  #afterFailure(error: unknown): number {
    this.#options.events.emit('storeFailed', { part: 'claim', error });
    return FAILURE_REST_MS;
  }
}
