import type { Events, Statistics } from '../base/events.ts';

/**
 * Counts what this worker did since it started, from its events. Processed is every request that it gave its end and its
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

  constructor(events: Events, nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#startedMs = nowMs();
    events.on('attemptEnded', ({ outcome, durationMs }) => {
      if (outcome === 'retry') this.#retried++;
      else this.#processed++;
      if (outcome === 'failed') this.#failed++;
      if (outcome === 'timeout') this.#timedOut++;
      if (durationMs === null) return;
      this.#calls++;
      this.#callMs += durationMs;
    });
    events.on('expired', ({ count }) => {
      this.#processed += count;
      this.#timedOut += count;
    });
    events.on('rescued', ({ failed }) => {
      this.#processed += failed;
      this.#failed += failed;
    });
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
