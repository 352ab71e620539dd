import type { RequestError } from '../base/errors.ts';
import { type Lifecycle, Loop } from '../base/lifecycle.ts';
import type { ClaimRef } from '../queue/request.ts';
import type { Flights } from './flights.ts';
import { Reconciler } from './reconciler.ts';
import { Rescuer } from './rescuer.ts';
import type { StatisticsCounter } from './statistics.ts';
import type { WorkerContext } from './worker-parts.ts';

const EXPIRE_EVERY_MS = 1_000;
/** One transaction's worth of expired requests; a full one is followed by the next at once. */
const EXPIRE_CHUNK = 200;
/** Another worker that ends the same ones holds them for milliseconds. */
const HELD_SWEEPS_TO_TELL = 2;
const RECONCILE_EVERY_MS = 1_000;
/** An orphan is released at its second look; one more, because the first may come before the claim is in memory. */
const LOOKS_AFTER_FAILURE = 3;
/** What any of the loops rests after a failure. */
const FAILURE_REST_MS = 1_000;
const UNTIL_WOKEN_MS = 60_000;
const SECONDS_A_DAY = 86_400;

export interface MaintenanceOptions extends WorkerContext {
  readonly flights: Flights;
  /** Whether this worker's own heartbeats reach the database. */
  readonly isHeartbeatFresh: () => boolean;
  /** Releases claims that nobody here serves. */
  readonly release: (claims: readonly ClaimRef[], reason: 'lost_commit') => Promise<void>;
  readonly statistics: StatisticsCounter;
}

/** Keeps house beside the serving: expire, reconcile, rescue and cleanup, each in a loop of its own. */
export class Maintenance implements Lifecycle {
  readonly #options: MaintenanceOptions;
  readonly #reconciler: Reconciler;
  readonly #retiring: Loop;
  /** Dead workers whose rows are to be taken away. */
  #dead: readonly string[] = [];
  /** A trouble that was told ends with a turn that has none, also where somebody else took the rows away. */
  #hasRetireFailed = false;
  readonly #loops: readonly Loop[];
  #looksDue = 0;
  #heldSweeps = 0;

  constructor(options: MaintenanceOptions) {
    this.#options = options;
    this.#reconciler = new Reconciler(options.flights);
    const nobodyToRetire = () => (this.#dead.length === 0 && !this.#hasRetireFailed ? UNTIL_WOKEN_MS : 0);
    this.#retiring = this.#loop('retire', () => this.#retire(), nobodyToRetire);
    const retire = (workerIds: readonly string[]) => {
      this.#dead = workerIds;
      this.#retiring.wake();
    };
    const rescuer = new Rescuer({ ...options, retire });
    this.#loops = [
      this.#retiring,
      this.#loop('expire', () => this.#expire()),
      this.#loop('reconcile', () => this.#reconcile()),
      this.#loop('rescue', () => rescuer.look()),
      this.#loop('cleanup', (signal) => this.#cleanup(signal)),
    ];
  }

  start(): void {
    for (const loop of this.#loops) loop.start();
  }

  /** A claim's transaction failed and may have been committed all the same: the next looks find out. */
  suspectOrphans(): void {
    this.#looksDue = LOOKS_AFTER_FAILURE;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }

  #loop(part: string, duty: (signal: AbortSignal) => Promise<number>, blockedMs = () => 0): Loop {
    const { clock, events } = this.#options;
    return new Loop({
      clock,
      turn: duty,
      blockedMs,
      onError: (error) => {
        events.emit('storeFailed', { part, error });
        return FAILURE_REST_MS;
      },
      onRecovered: () => events.emit('storeRecovered', { part }),
    });
  }

  async #expire(): Promise<number> {
    const { store, events, workerId, statistics } = this.#options;
    const reason = this.#whyUnserved();
    let isHeld = false;
    const onHeld = () => {
      isHeld = true;
    };
    const count = await store.expire({ limit: EXPIRE_CHUNK, onHeld, ...(reason ? { reason } : {}) });
    this.#heldSweeps = isHeld ? this.#heldSweeps + 1 : 0;
    if (this.#heldSweeps >= HELD_SWEEPS_TO_TELL) events.emit('overdueHeld', { workerId });
    if (count > 0) {
      statistics.countExpired(count);
      events.emit('expired', { workerId, count });
    }
    return count >= EXPIRE_CHUNK ? 0 : EXPIRE_EVERY_MS;
  }

  /** While the breaker is open nothing is claimed: what expires meanwhile is told so. */
  #whyUnserved(): RequestError | undefined {
    const { breaker } = this.#options;
    if (breaker.state === 'closed') return undefined;
    const last = breaker.lastError();
    const message = `The AI service is unavailable.${last ? ` Its last error: ${last.message}` : ''}`;
    return { code: 'ai_unavailable', message };
  }

  async #reconcile(): Promise<number> {
    const { store, workerId, flights, release } = this.#options;
    if (flights.size === 0 && this.#looksDue === 0 && !this.#reconciler.hasSuspects)
      return RECONCILE_EVERY_MS;
    const inCall = flights.inCall();
    const { orphans, lost } = this.#reconciler.compare(inCall, await store.listClaims(workerId));
    for (const flight of lost) flight.abort('lost');
    if (orphans.length > 0) await release(orphans, 'lost_commit');
    this.#looksDue = Math.max(0, this.#looksDue - 1);
    return RECONCILE_EVERY_MS;
  }

  /** Once: who is still seen is dead at the next look, too, unless he gave a sign of life. */
  async #retire(): Promise<number> {
    const dead = this.#dead;
    this.#dead = [];
    this.#hasRetireFailed = true;
    await this.#options.store.retire(dead);
    this.#hasRetireFailed = false;
    return UNTIL_WOKEN_MS;
  }

  async #cleanup(signal: AbortSignal): Promise<number> {
    const { store, events, workerId, settings } = this.#options;
    const deleted = await store.cleanup({
      ageSeconds: settings.retentionDays * SECONDS_A_DAY,
      logRetentionDays: settings.logRetentionDays,
      scan: 'oldest',
      signal,
    });
    if (deleted > 0) events.emit('cleaned', { workerId, deleted });
    return settings.cleanupIntervalSeconds * 1000;
  }
}
