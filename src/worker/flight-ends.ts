import { backoffMs } from '../base/backoff.ts';
import type { RequestError } from '../base/errors.ts';
import type { Outcome } from '../queue/outcome.ts';
import type { ClaimRef } from '../queue/request.ts';
import type { Flight, Flights } from './flights.ts';
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

/** In which ways a call may end, or not be made at all. */
export class FlightEnds {
  readonly #options: FlightEndsOptions;

  constructor(options: FlightEndsOptions) {
    this.#options = options;
  }

  complete(flight: Flight, outcome: Outcome, durationMs: number | null): void {
    this.#options.flights.endCall(flight);
    this.#options.complete(flight, outcome, durationMs);
  }

  /** Its endpoint does not answer in time, and another call tries it: this one goes back and makes room for others. */
  postpone(flight: Flight, error: RequestError): void {
    const { claimNo } = flight.request;
    const outcome = postponed(error, claimNo, flight.dueAtMs - this.#options.clock.nowMs());
    if (outcome.kind === 'retry') {
      this.#options.flights.endCall(flight);
      this.#options.postpone(flight, outcome);
    } else {
      this.complete(flight, outcome, null);
    }
  }

  /** Its call was cut, or not sent. */
  async abort(flight: Flight): Promise<void> {
    if (flight.abortReason === 'release') return await this.release(flight, 'stopping');
    // Nobody cut it: it was not sent.
    if (flight.abortReason === undefined) return await this.release(flight, 'silence');
    // Ended by itself: where the request was claimed again meanwhile, remove leaves that later claim alone.
    const { flights, events, workerId } = this.#options;
    flights.endCall(flight);
    flights.remove(flight.request);
    events.emit('attemptAborted', { workerId, requestId: flight.request.id });
  }

  async release(flight: Flight, reason: ReleaseReason): Promise<void> {
    this.#options.flights.endCall(flight);
    await this.#options.release([flight.request], reason);
  }
}

/** The outcome of a request that is not called, because calls to its endpoint wait: later, or the end where that is too late. */
function postponed(error: RequestError, claimNo: number, lifeLeftMs: number): Outcome {
  const fullMs = backoffMs(POSTPONED, claimNo);
  const delayMs = Math.round(fullMs / 2 + (fullMs / 2) * Math.random());
  if (delayMs >= lifeLeftMs) return { kind: 'failed', error };
  return { kind: 'retry', error, delayMs, isAttemptGivenBack: true };
}
