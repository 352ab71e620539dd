import { ClaimSize } from './claim-size.ts';
import type { Flights } from './flights.ts';
import type { WorkerContext } from './worker-parts.ts';

/** When something else must change first (room, the breaker, the heartbeat): whoever changes it wakes the poller. */
const BLOCKED_REST_MS = 250;
/**
 * Little room is given so long to grow: with fast answers the next claim then takes a quarter of `concurrency` at least,
 * in place of a few requests, and one commit serves for many.
 */
const GROW_ROOM_MS = 2;

export interface RoomOptions extends Pick<WorkerContext, 'settings' | 'breaker'> {
  readonly flights: Flights;
  /** Whether anything may be claimed now: the heartbeat is fresh, outcomes find their way to the database. */
  readonly mayClaim: () => boolean;
}

/** For how many requests there is room in the next claim. */
export class Room {
  readonly #options: RoomOptions;
  readonly #size: ClaimSize;
  #isGrowing = false;
  #isAwaited = false;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#size = new ClaimSize(options.settings.batchSize);
  }

  get now(): number {
    const { settings, flights, breaker, mayClaim } = this.#options;
    if (!mayClaim()) return 0;
    return Math.min(this.#size.now, settings.concurrency - flights.calling, breaker.allowance());
  }

  /** Whether the last wait was for room. */
  get isAwaited(): boolean {
    return this.#isAwaited;
  }

  /** A claim asked for so many, and found so many. */
  note(claim: { readonly asked: number; readonly found: number }): void {
    this.#size.note(claim);
  }

  /** How long to wait before a claim; 0 where there is room enough. */
  blockedMs(): number {
    const room = this.now;
    this.#isAwaited = room <= 0;
    if (room <= 0) return this.#options.breaker.retryInMs() || BLOCKED_REST_MS;
    return this.#isWorthWaiting(room) ? GROW_ROOM_MS : 0;
  }

  /** Once for each claim, and never for a worker with few calls under way. */
  #isWorthWaiting(room: number): boolean {
    const { concurrency } = this.#options.settings;
    this.#isGrowing = !this.#isGrowing && room < Math.min(this.#size.now, concurrency / 4);
    return this.#isGrowing;
  }
}
