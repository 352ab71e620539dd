import type { Statistics } from '../base/events.ts';
import type { Outcome } from '../queue/outcome.ts';

/**
 * Counts what this worker did since it started. Processed is every request that it gave its end and its
 * `processed_at`, with or without a call; failed and timed out are of those.
 */
export class StatisticsCounter {
  readonly #nowMs: () => number;
  readonly #startedMs: number;
  #processed = 0;
  #failed = 0;
  #timedOut = 0;
  #retried = 0;
  #calls = 0;
  #callMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#startedMs = nowMs();
  }

  /** An attempt has ended; `durationMs` is null where no call was made. */
  countAttempt(outcome: Outcome['kind'], durationMs: number | null): void {
    if (outcome === 'retry') this.#retried++;
    else this.#processed++;
    if (outcome === 'failed') this.#failed++;
    if (outcome === 'timeout') this.#timedOut++;
    if (durationMs === null) return;
    this.#calls++;
    this.#callMs += durationMs;
  }

  /** Requests whose life ended without an attempt of this worker. */
  countExpired(requests: number): void {
    this.#processed += requests;
    this.#timedOut += requests;
  }

  /** Requests of a dead worker that had no attempt left. */
  countLost(requests: number): void {
    this.#processed += requests;
    this.#failed += requests;
  }

  read(queueDepth: number | null): Statistics {
    return {
      processed: this.#processed,
      failed: this.#failed,
      timedOut: this.#timedOut,
      retried: this.#retried,
      averageProcessingMs: this.#calls === 0 ? null : Math.round(this.#callMs / this.#calls),
      queueDepth,
      uptimeSeconds: Math.round((this.#nowMs() - this.#startedMs) / 1000),
    };
  }
}
