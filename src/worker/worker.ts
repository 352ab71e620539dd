import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { AiClient } from '../ai/ai-client.ts';
import type { AiBreaker } from '../ai/breaker.ts';
import type { BreakerState } from '../base/breaker.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import type { RequestError } from '../base/errors.ts';
import type { Events } from '../base/events.ts';
import { type Lifecycle, Loop, StartStop, startAll } from '../base/lifecycle.ts';
import type { WorkerSettings } from '../config/settings.ts';
import type { Outcome } from '../queue/outcome.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import type { ClaimedRequest, ClaimRef } from '../queue/request.ts';
import { Completer } from './completer.ts';
import { Dispatcher } from './dispatcher.ts';
import { Doorbell } from './doorbell.ts';
import { type Flight, Flights } from './flights.ts';
import { Heartbeat } from './heartbeat.ts';
import { Maintenance } from './maintenance.ts';
import { Poller } from './poller.ts';
import { type ReleaseReason, Releases } from './releases.ts';
import { StatisticsCounter } from './statistics.ts';
import type { WorkerContext } from './worker-parts.ts';

const STATISTICS_EVERY_MS = 300_000;
/** After the last call has ended, so long its outcome may take to reach the database. Then others rescue the claim. */
const LAST_SETTLE_MS = 15_000;

export interface WorkerOptions {
  readonly store: QueueStore;
  readonly client: AiClient;
  readonly breaker: AiBreaker;
  readonly events: Events;
  readonly settings: WorkerSettings;
  readonly version: string;
  readonly clock?: Clock;
}

export interface WorkerVitals {
  readonly inFlight: number;
  readonly concurrency: number;
  /** Outcomes that are not in the database yet. */
  readonly outbox: number;
  readonly isOutboxFull: boolean;
  readonly isHeartbeatFresh: boolean;
  readonly breaker: BreakerState;
  /** The latest that showed the AI service to be down. */
  readonly lastError: RequestError | undefined;
  readonly isStopping: boolean;
}

/**
 * Serves the queue: poller → claim → dispatcher → AI service → completer → settle, with heartbeat, maintenance and
 * doorbell beside it.
 */
export class Worker implements Lifecycle {
  readonly #context: WorkerContext;
  readonly #flights: Flights;
  readonly #poller: Poller;
  readonly #dispatcher: Dispatcher;
  readonly #completer: Completer;
  readonly #heartbeat: Heartbeat;
  readonly #maintenance: Maintenance;
  readonly #doorbell: Doorbell;
  readonly #statistics: StatisticsCounter;
  readonly #statisticsLoop: Loop;
  readonly #startStop = new StartStop('worker');
  readonly #releases = new Releases((claims, reason) => this.#release(claims, reason));
  #isCut = false;

  constructor(options: WorkerOptions) {
    const clock = options.clock ?? systemClock;
    const context: WorkerContext = { ...options, clock, workerId: makeWorkerId() };
    const onRoom = () => this.#poller.wakeIfFull();
    const suspectOrphans = () => this.#maintenance.suspectOrphans();
    const flights = new Flights(onRoom);
    this.#context = context;
    this.#flights = flights;
    this.#statistics = new StatisticsCounter(() => clock.nowMs());
    this.#completer = new Completer({
      ...context,
      flights,
      onRoom,
      onEnded: (id) => this.#doorbell.ringBack(id),
    });
    this.#dispatcher = new Dispatcher({
      ...context,
      flights,
      complete: (flight, outcome, durationMs) => this.#complete(flight, outcome, durationMs),
      postpone: (flight, outcome) => this.#settle(flight, outcome, null),
      release: (claims, reason) => this.#releases.add(claims, reason),
      isSure: (claimedAtMs) => this.#heartbeat.hasBeenFreshSince(claimedAtMs),
      suspectOrphans,
    });
    this.#poller = new Poller({
      ...context,
      flights,
      mayClaim: () => this.#heartbeat.isFresh && !this.#completer.isFull,
      dispatch: (requests, claimedAtMs) => this.#dispatch(requests, claimedAtMs),
      suspectOrphans,
    });
    this.#maintenance = new Maintenance({
      ...context,
      flights,
      isHeartbeatFresh: () => this.#heartbeat.isFresh,
      release: (claims, reason) => this.#releases.add(claims, reason),
      statistics: this.#statistics,
    });
    this.#doorbell = new Doorbell({
      bind: context.settings.doorbellBind,
      advertise: context.settings.doorbellAdvertise,
      onRing: () => this.#poller.ring(),
      events: context.events,
      clock: context.clock,
    });
    this.#heartbeat = new Heartbeat({
      ...context,
      host: hostname(),
      pid: process.pid,
      version: options.version,
      sign: () => ({ inFlight: flights.size, doorbell: this.#doorbell.address }),
    });
    this.#statisticsLoop = this.#makeStatisticsLoop();
  }

  get id(): string {
    return this.#context.workerId;
  }

  /** Resolves when the worker is known to the others and serves. What it throws leaves nothing of it running. */
  start(): Promise<void> {
    return this.#startStop.start(() => this.#begin());
  }

  async #begin(): Promise<void> {
    const { events, store, settings, workerId, breaker } = this.#context;
    let isDown = false;
    breaker.onChange((state) => {
      // Each try in vain opens it anew.
      if (state === 'open' && !isDown) events.emit('aiServiceDown', { error: breaker.lastError() });
      if (state === 'closed') events.emit('aiServiceUp');
      isDown = state !== 'closed';
      this.#poller.wake();
    });
    await startAll([
      this.#doorbell,
      this.#heartbeat,
      this.#completer,
      this.#maintenance,
      this.#statisticsLoop,
    ]);
    this.#poller.start();
    const { aiServiceBaseUrl: aiService, concurrency } = settings;
    events.emit('workerStarted', { workerId, queue: store.name, aiService, concurrency });
  }

  /** There may be work: the doorbell of clients in the same process. */
  wake(): void {
    this.#poller.ring();
  }

  /** Drains: no more claims, calls under way end, outcomes are written. Called again: as stopAtOnce. */
  stop(): Promise<void> {
    if (this.#startStop.isStopping) this.#cutCalls();
    return this.#startStop.stop(() => this.#drain());
  }

  /** No more claims, calls under way are cut and given back with their attempt, outcomes are written. */
  stopAtOnce(): Promise<void> {
    this.#cutCalls();
    return this.#startStop.stop(() => this.#drain());
  }

  /** How it is just now. */
  vitals(): WorkerVitals {
    const { breaker, settings } = this.#context;
    return {
      inFlight: this.#flights.calling,
      concurrency: settings.concurrency,
      outbox: this.#completer.waiting,
      isOutboxFull: this.#completer.isFull,
      isHeartbeatFresh: this.#heartbeat.isFresh,
      breaker: breaker.state,
      lastError: breaker.lastError(),
      isStopping: this.#startStop.isStopping,
    };
  }

  /** Has the `statistics` event emitted now. */
  reportStatistics(): void {
    this.#statisticsLoop.wake();
  }

  async #drain(): Promise<void> {
    const { events, workerId, store } = this.#context;
    if (!this.#isCut) {
      events.emit('workerStopping', { workerId, inFlight: this.#flights.calling, isForced: false });
    }
    await this.#poller.stop();
    await this.#dispatcher.drain();
    const unwritten = await this.#completer.flush(LAST_SETTLE_MS);
    await Promise.all([this.#completer.stop(), this.#maintenance.stop(), this.#statisticsLoop.stop()]);
    // Until here it rings those back who wait.
    await this.#doorbell.stop();
    // The last of all: as long as an outcome is unwritten, nobody may take this worker for dead.
    await this.#heartbeat.stop();
    await this.#leave(store);
    events.emit('workerStopped', { workerId, unwritten });
  }

  #cutCalls(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    const { events, workerId } = this.#context;
    const inCall = this.#flights.inCall();
    events.emit('workerStopping', { workerId, inFlight: inCall.length, isForced: true });
    for (const flight of inCall) flight.abort('release');
  }

  /** Takes the row away, so that others need not wait for this worker's death. Failing that, they do. */
  async #leave(store: QueueStore): Promise<void> {
    try {
      await store.retire([this.#context.workerId]);
    } catch (error) {
      this.#context.events.emit('storeFailed', { part: 'retire', error });
    }
  }

  /** What a claim brings after the worker was told to stop is given back, uncalled. */
  async #dispatch(requests: readonly ClaimedRequest[], claimedAtMs: number): Promise<void> {
    if (this.#startStop.isStopping) await this.#releases.add(requests, 'stopping');
    else this.#dispatcher.dispatch(requests, claimedAtMs);
  }

  #settle({ request }: Flight, outcome: Outcome, durationMs: number | null): void {
    const { id, claimNo, attempt } = request;
    this.#completer.add({ id, claimNo, attempt, outcome, durationMs });
  }

  #complete(flight: Flight, outcome: Outcome, durationMs: number | null): void {
    const { id, attempt, endpoint, ageMs } = flight.request;
    const { events, workerId, settings } = this.#context;
    this.#settle(flight, outcome, durationMs);
    this.#statistics.countAttempt(outcome.kind, durationMs);
    events.emit('attemptEnded', {
      workerId,
      requestId: id,
      attempt,
      endpoint,
      waitedMs: attempt === 1 ? ageMs : null,
      outcome: outcome.kind,
      error: outcome.kind === 'completed' ? undefined : outcome.error,
      durationMs,
      isSlow: durationMs !== null && durationMs > settings.maxProcessingTimeMs,
    });
  }

  /** What cannot be released now is an orphan to reconcile, or rescued after this worker's end. */
  async #release(claims: readonly ClaimRef[], reason: ReleaseReason): Promise<void> {
    const { store, workerId, events } = this.#context;
    try {
      const count = await store.release(workerId, claims);
      events.emit('released', { workerId, count, reason });
    } catch (error) {
      events.emit('storeFailed', { part: 'release', error });
      this.#maintenance.suspectOrphans();
    }
    for (const claim of claims) this.#flights.remove(claim);
  }

  async #emitStatistics(): Promise<void> {
    const { store, events } = this.#context;
    const depth = await store.depth().catch(() => undefined);
    events.emit('statistics', this.#statistics.read(depth ? depth.pending + depth.processing : null));
  }

  #makeStatisticsLoop(): Loop {
    let isFirst = true;
    return new Loop({
      clock: this.#context.clock,
      turn: async () => {
        if (!isFirst) await this.#emitStatistics();
        isFirst = false;
        return STATISTICS_EVERY_MS;
      },
      onError: () => STATISTICS_EVERY_MS,
    });
  }
}

/** At most 81 characters of ASCII, as ai_requests.claimed_by has: Linux's longest host name is 64, its longest pid 7. */
function makeWorkerId(): string {
  const host = hostname()
    .slice(0, 64)
    .replace(/[^!-~]/g, '?');
  return `${host}:${process.pid}:${randomBytes(4).toString('hex')}`;
}
