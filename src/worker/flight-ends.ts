import { backoffMs } from '../base/backoff.ts';
import type { RequestError } from '../base/errors.ts';
import type { Outcome } from '../queue/outcome.ts';
import type { ClaimRef } from '../queue/request.ts';
import { ComingBack } from './coming-back.ts';
import type { Flight, Flights } from './flights.ts';
import { neverCalled } from './outcome-of.ts';
import type { ReleaseReason } from './releases.ts';
import type { WorkerContext } from './worker-parts.ts';

export interface FlightEndsOptions extends WorkerContext {
  readonly flights: Flights;
  /** Takes each outcome on its way to the database. */
  readonly complete: (flight: Flight, outcome: Outcome, durationMs: number | null) => void;
  /** Takes what becomes of a request that is not called now, and called later. */
  readonly postpone: (flight: Flight, outcome: Outcome) => void;
  /** Gives back a claim whose call was not made, or was cut. */
  readonly release: (claims: readonly ClaimRef[], reason: ReleaseReason) => Promise<void>;
}

/** Between tries of an endpoint that does not answer in time, longer by each claim: hundreds may wait for one. */
const POSTPONED = { firstMs: 1_000, longestMs: 5_000 } as const;
/** Less than that of its life is left after it: no call would be answered. */
const LEAST_LIFE_MS = 500;

/** In which ways a call may end, or not be made at all. */
export class FlightEnds {
  readonly #options: FlightEndsOptions;
  readonly #comingBack = new ComingBack();

  constructor(options: FlightEndsOptions) {
    this.#options = options;
  }

  complete(flight: Flight, outcome: Outcome, durationMs: number | null): void {
    this.#options.flights.endCall(flight);
    this.#options.complete(flight, outcome, durationMs);
  }

  /** Its endpoint does not answer in time, and another call tries it: this one goes back and makes room for others. */
  postpone(flight: Flight, error: RequestError): void {
    const nowMs = this.#options.clock.nowMs();
    const latestMs = flight.dueAtMs - LEAST_LIFE_MS;
    if (latestMs <= nowMs) {
      this.complete(flight, { kind: 'failed', error }, null);
      return;
    }
    const earliestMs = nowMs + pauseMs(flight.request.claimNo);
    const delayMs = this.#comingBack.take(earliestMs, { nowMs, latestMs }) - nowMs;
    this.#options.flights.endCall(flight);
    this.#options.postpone(flight, { kind: 'retry', error, delayMs, isAttemptGivenBack: true });
  }

  /** Its call was cut, or not sent. */
  async abort(flight: Flight): Promise<void> {
    if (flight.abortReason === 'release') return await this.release(flight, 'stopping');
    if (flight.abortReason === undefined) return await this.#neverSent(flight);
    // Ended by itself: where the request was claimed again meanwhile, remove leaves that later claim alone.
    const { flights, events, workerId } = this.#options;
    flights.endCall(flight);
    flights.remove(flight.request);
    events.emit('attemptAborted', { workerId, requestId: flight.request.id });
  }

  /** Nobody cut it: when the connection stood, its time was over, or its claim no longer sure. */
  async #neverSent(flight: Flight): Promise<void> {
    const { timeoutMs } = flight.timeLimit(this.#options.clock.nowMs(), Number.POSITIVE_INFINITY);
    if (timeoutMs > 0) return await this.release(flight, 'silence');
    this.complete(flight, neverCalled(), null);
  }

  async release(flight: Flight, reason: ReleaseReason): Promise<void> {
    this.#options.flights.endCall(flight);
    await this.#options.release([flight.request], reason);
  }
}

/** Whole milliseconds until the next try, with chance in it. */
function pauseMs(claimNo: number): number {
  const fullMs = backoffMs(POSTPONED, claimNo);
  return Math.round(fullMs / 2 + (fullMs / 2) * Math.random());
}
