import { type Clock, systemClock } from '../../base/clock.ts';
import type { AttemptEnded, Events } from '../../base/events.ts';
import type { AskResult } from '../../client/ask-result.ts';
import type { QueueStore } from '../../queue/queue-store.ts';

interface Insertion {
  readonly startMs: number;
  readonly endMs: number;
}

interface Attempt extends AttemptEnded {
  readonly endMs: number;
}

/**
 * Measures the way of each request with one monotonic clock: the INSERT around the client's own statement, the call by
 * what the worker in this process says of it. What no clock saw is not told.
 */
export class StepClock {
  /** The queue for the client that is measured. */
  readonly store: QueueStore;
  readonly #clock: Clock;
  readonly #insertions = new Map<number, Insertion>();
  readonly #attempts = new Map<number, Attempt>();

  constructor(store: QueueStore, events: Events, clock: Clock = systemClock) {
    this.#clock = clock;
    this.store = { ...store, insert: (...request) => this.#insert(store, request) };
    events.on('attemptEnded', (ended) =>
      this.#attempts.set(ended.requestId, { ...ended, endMs: clock.nowMs() }),
    );
  }

  /**
   * To be called as soon as the answer was read: "request 1, completed in 12 ms: inserted 1, waited 2, AI call 4,
   * written and read 5".
   */
  describe({ id, status }: AskResult): string {
    const insertion = this.#insertions.get(id);
    if (insertion === undefined) return 'not in the queue';
    const readMs = this.#clock.nowMs();
    const steps = stepsOf(insertion, this.#attempts.get(id), readMs);
    return `request ${id}, ${status} in ${wholeMs(readMs - insertion.startMs)} ms: ${steps.join(', ')}`;
  }

  async #insert(store: QueueStore, request: Parameters<QueueStore['insert']>): Promise<number[]> {
    const startMs = this.#clock.nowMs();
    const ids = await store.insert(...request);
    const endMs = this.#clock.nowMs();
    for (const id of ids) this.#insertions.set(id, { startMs, endMs });
    return ids;
  }
}

function stepsOf(insertion: Insertion, attempt: Attempt | undefined, readMs: number): string[] {
  const inserted = `inserted ${wholeMs(insertion.endMs - insertion.startMs)}`;
  // Never called, or called by another worker of a shared database.
  if (attempt === undefined || attempt.durationMs === null)
    return [inserted, `then ${wholeMs(readMs - insertion.endMs)} to its end`];
  const calledMs = attempt.endMs - attempt.durationMs;
  return [
    inserted,
    `waited ${wholeMs(calledMs - insertion.endMs)}${earlierAttempts(attempt)}`,
    `AI call ${wholeMs(attempt.durationMs)}`,
    `written and read ${wholeMs(readMs - attempt.endMs)}`,
  ];
}

function earlierAttempts({ attempt }: Attempt): string {
  if (attempt === 1) return '';
  return ` (with ${attempt - 1} earlier attempt${attempt === 2 ? '' : 's'})`;
}

/** A worker that polls just then may begin a call before the INSERT's OK has come back here: that is no wait at all. */
function wholeMs(ms: number): number {
  return Math.max(0, Math.round(ms));
}
