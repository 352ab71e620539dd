import { setImmediate as settled } from 'node:timers/promises';
import type { Clock } from '../../src/base/clock.ts';

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #nowMs: number;

  constructor(startMs = 1_000) {
    this.#nowMs = startMs;
  }

  /** How many wait on this clock. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { untilMs: this.#nowMs + ms, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake);
    });
  }

  /** Lets this time pass, moment by moment, and at each moment everything happen that is due. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settled();
    for (;;) {
      const [next] = [...this.#sleepers].sort((a, b) => a.untilMs - b.untilMs);
      if (next === undefined || next.untilMs > endMs) break;
      this.#nowMs = next.untilMs;
      next.wake();
      await settled();
    }
    this.#nowMs = endMs;
  }

  /** The process stands still for this time: all that was due meanwhile is so at once, before anything else may come. */
  async standStill(ms: number): Promise<void> {
    this.#nowMs += ms;
    const due = [...this.#sleepers].filter(({ untilMs }) => untilMs <= this.#nowMs);
    for (const { wake } of due.sort((a, b) => a.untilMs - b.untilMs)) wake();
    await settled();
  }
}
