import type { SettledAttempt } from '../queue/outcome.ts';
import type { WorkerContext } from './worker-parts.ts';

/** A row that a cancel or a rescue has in its hands is free at once; one that is held for so long is told. */
const TELL_AFTER_MS = 1_000;

/** Tells of rows that somebody else's transaction has in its hands for long. */
export class HeldWatch {
  readonly #context: Pick<WorkerContext, 'clock' | 'events'>;
  /** Since when there have always been held ones. */
  #sinceMs: number | undefined;

  constructor(context: Pick<WorkerContext, 'clock' | 'events'>) {
    this.#context = context;
  }

  /** After each try: which were held just now, and whether any are. */
  look(held: readonly SettledAttempt[], hasHeld: boolean): void {
    const { clock, events } = this.#context;
    if (held.length > 0) this.#sinceMs ??= clock.nowMs();
    else if (!hasHeld) this.#sinceMs = undefined;
    const sinceMs = this.#sinceMs;
    if (held.length === 0 || sinceMs === undefined || clock.nowMs() - sinceMs < TELL_AFTER_MS) return;
    events.emit('rowsHeld', { requestIds: held.map(({ id }) => id) });
  }
}
