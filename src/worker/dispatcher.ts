import type { AiResult } from '../ai/ai-client.ts';
import { callThrough } from '../ai/breaker.ts';
import { SlowEndpoints } from '../ai/slow-endpoints.ts';
import type { Trace } from '../base/tracing.ts';
import type { ClaimedRequest } from '../queue/request.ts';
import { aiCall } from './ai-call.ts';
import { FlightEnds, type FlightEndsOptions } from './flight-ends.ts';
import { endOfCall, startFlightTrace } from './flight-trace.ts';
import { Flight } from './flights.ts';
import { neverCalled, outcomeOf, rowError } from './outcome-of.ts';
import { Ramp } from './ramp.ts';

export interface DispatcherOptions extends FlightEndsOptions {
  /** Whether a claim of that moment is surely still this worker's: others rescue those of one that was silent for long. */
  readonly isSure: (claimedAtMs: number) => boolean;
  /** A claim is left in the table that nobody here holds. */
  readonly suspectOrphans: () => void;
}

/** Calls the AI service for each claimed request, nearly all at once (see Ramp): a slow one holds up nobody. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #ends: FlightEnds;
  readonly #ramp: Ramp;
  readonly #slow: SlowEndpoints;
  #open = 0;
  #onIdle: (() => void) | undefined;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#ends = new FlightEnds(options);
    this.#ramp = new Ramp(options.clock);
    this.#slow = new SlowEndpoints({
      clock: options.clock,
      onSlow: (endpoint, error) => options.events.emit('endpointSlow', { endpoint, error }),
      onAnswering: (endpoint) => options.events.emit('endpointAnswers', { endpoint }),
    });
  }

  /** Begins the calls. `claimedAtMs` is the monotonic time before the claim: life left is counted from there. */
  dispatch(requests: readonly ClaimedRequest[], claimedAtMs: number): void {
    for (const request of requests) {
      const flight = new Flight(request, claimedAtMs + request.lifeLeftMs);
      flight.trace = startFlightTrace(request, claimedAtMs);
      this.#options.flights.add(flight);
      this.#begin(flight);
    }
  }

  /** Nobody waits for a call: how it ends is heard here. */
  #begin(flight: Flight): void {
    this.#open++;
    this.#ramp
      .run(() => this.#serve(flight))
      .then(
        () => this.#end(),
        (error: unknown) => {
          this.#abandon(flight, error);
          this.#end();
        },
      );
  }

  #end(): void {
    this.#open--;
    if (this.#open === 0) this.#onIdle?.();
  }

  /** A bug: it costs this call its place and no other. Its claim is an orphan, unless its outcome is on its way. */
  #abandon(flight: Flight, error: unknown): void {
    const { flights, events, suspectOrphans } = this.#options;
    if (flight.phase === 'calling') {
      flights.remove(flight.request);
      suspectOrphans();
    }
    events.emit('callBroken', { requestId: flight.request.id, error });
  }

  /** Resolves when every call has ended. */
  async drain(): Promise<void> {
    if (this.#open === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  async #serve(flight: Flight): Promise<void> {
    const { request } = flight;
    const error = rowError(request);
    if (error) return this.#ends.complete(flight, { kind: 'failed', error }, null);
    const attemptMs = this.#options.settings.aiServiceTimeoutSeconds * 1000;
    const { timeoutMs, isCutByLife } = flight.timeLimit(this.#options.clock.nowMs(), attemptMs);
    if (timeoutMs <= 0) return this.#ends.complete(flight, neverCalled(), null);
    if (!this.#options.isSure(flight.claimedAtMs)) return await this.#ends.release(flight, 'silence');
    const slow = this.#slow.refusal(request.endpoint);
    if (slow) return this.#ends.postpone(flight, slow);
    const isTry = this.#options.breaker.state !== 'closed';
    const startedMs = this.#options.clock.nowMs();
    const span = flight.trace?.startCall();
    const result = await this.#call(flight, timeoutMs, span?.trace);
    if (result === 'rejected' || result.kind === 'aborted') endOfCall(span, undefined);
    if (result === 'rejected') return await this.#ends.release(flight, 'breaker');
    if (result.kind === 'aborted') return await this.#ends.abort(flight);
    const endedMs = this.#options.clock.nowMs();
    const { maxAttempts } = this.#options.settings;
    const outcome = outcomeOf(result, {
      request,
      maxAttempts,
      isCutByLife,
      isTry,
      lifeLeftMs: flight.dueAtMs - endedMs,
    });
    endOfCall(span, outcome);
    this.#ends.complete(flight, outcome, Math.round(endedMs - startedMs));
  }

  async #call(flight: Flight, timeoutMs: number, trace: Trace | undefined): Promise<AiResult | 'rejected'> {
    const { breaker, client, store, settings } = this.#options;
    const isSure = () => this.#options.isSure(flight.claimedAtMs);
    const call = aiCall(flight, { queueId: store.queueId, timeoutMs, trace, isSure });
    const isImpatient = timeoutMs < (settings.aiServiceTimeoutSeconds * 1000) / 2;
    const make = () =>
      callThrough(breaker, (taken) => client.call({ ...call, onSent: taken }), { isImpatient });
    return await this.#slow.run(make, { endpoint: flight.request.endpoint, isImpatient });
  }
}
