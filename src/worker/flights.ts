import type { ClaimedRequest, ClaimRef } from '../queue/request.ts';
import type { FlightTrace } from './flight-trace.ts';

/** Why a call is cut short: its request is no longer ours (cancelled, expired), or the worker must stop at once. */
export type AbortReason = 'lost' | 'release';

/** One claim in memory, from the claim's COMMIT until its outcome is in the database. */
export class Flight {
  readonly request: ClaimedRequest;
  /** When its life ends, on this process's monotonic clock. */
  readonly dueAtMs: number;
  /** calling until the AI service has answered, then settling. */
  phase: 'calling' | 'settling' = 'calling';
  abortReason: AbortReason | undefined;
  /** undefined where nobody traces. */
  trace: FlightTrace | undefined;
  readonly #controller = new AbortController();

  constructor(request: ClaimedRequest, dueAtMs: number) {
    this.request = request;
    this.dueAtMs = dueAtMs;
  }

  /** When its claim began, on this process's monotonic clock. */
  get claimedAtMs(): number {
    return this.dueAtMs - this.request.lifeLeftMs;
  }

  /** When it was made, on this process's monotonic clock. */
  get bornAtMs(): number {
    return this.claimedAtMs - this.request.ageMs;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** How long a call may take that begins now: as long as an attempt, or what is left of its life. */
  timeLimit(nowMs: number, attemptMs: number): { readonly timeoutMs: number; readonly isCutByLife: boolean } {
    const lifeLeftMs = Math.floor(this.dueAtMs - nowMs);
    return { timeoutMs: Math.min(attemptMs, lifeLeftMs), isCutByLife: lifeLeftMs < attemptMs };
  }

  abort(reason: AbortReason): void {
    this.abortReason ??= reason;
    this.#controller.abort();
  }
}

/** All claims that this worker holds, and how many of them are being called. */
export class Flights {
  readonly #flights = new Map<number, Flight>();
  #calling = 0;
  readonly #onRoom: () => void;

  /** `onRoom` is called whenever a call has ended. */
  constructor(onRoom: () => void) {
    this.#onRoom = onRoom;
  }

  get calling(): number {
    return this.#calling;
  }

  get size(): number {
    return this.#flights.size;
  }

  /** A request that was taken from this worker may come to it again: the answer to the earlier claim is of no use then. */
  add(flight: Flight): void {
    const { id, claimNo } = flight.request;
    const earlier = this.#flights.get(id);
    if (earlier !== undefined && earlier.request.claimNo < claimNo) {
      earlier.abort('lost');
      earlier.trace?.end();
    }
    this.#flights.set(id, flight);
    this.#calling++;
  }

  /** The call has ended; the claim is held until its outcome is written. */
  endCall(flight: Flight): void {
    if (flight.phase === 'settling') return;
    flight.phase = 'settling';
    this.#calling--;
    this.#onRoom();
  }

  /** The claim is over, and its flight returned. A later claim of the same request is left alone. */
  remove(claim: ClaimRef): Flight | undefined {
    const flight = this.#flights.get(claim.id);
    if (flight?.request.claimNo !== claim.claimNo) return undefined;
    this.endCall(flight);
    this.#flights.delete(claim.id);
    flight.trace?.end();
    return flight;
  }

  holds(claim: ClaimRef): boolean {
    return this.find(claim) !== undefined;
  }

  find(claim: ClaimRef): Flight | undefined {
    const flight = this.#flights.get(claim.id);
    return flight?.request.claimNo === claim.claimNo ? flight : undefined;
  }

  inCall(): Flight[] {
    return [...this.#flights.values()].filter((flight) => flight.phase === 'calling');
  }
}
