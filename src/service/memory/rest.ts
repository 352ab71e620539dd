import type { Clock } from '../../base/clock.ts';
import { AiIpcError, errorFields } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Health } from '../base/health.ts';

/** A database that is away is not asked for so long, and one that is slow: each talk would wait for it in vain. */
export const REST_MS = { away: 5_000, slow: 1_000 } as const;

export interface RestParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly health: Health;
}

/** Leaves a database alone that is away, and says so once for each time. */
export class Rest {
  readonly #parts: RestParts;
  #untilMs = 0;

  constructor(parts: RestParts) {
    this.#parts = parts;
  }

  isOn(): boolean {
    return this.#parts.clock.nowMs() < this.#untilMs;
  }

  /** What `work` gives; undefined when it failed. */
  async watch<T>(work: () => Promise<T>, part: 'recall' | 'remember'): Promise<T | undefined> {
    const { health, logger } = this.#parts;
    try {
      const result = await work();
      health.noteMemory(null);
      return result;
    } catch (error) {
      // An id that no database can hold, such as half an emoji: nobody talks under it for long.
      if (error instanceof AiIpcError && error.code === 'bad_argument') return undefined;
      // The first of many that fail at once tells of all.
      if (!this.isOn()) logger.error({ ...errorFields(error), part }, 'NPC memory failed');
      const isAway = error instanceof AiIpcError && error.code === 'database_unavailable';
      this.begin(error, isAway ? REST_MS.away : 0);
      return undefined;
    }
  }

  begin(error: unknown, ms: number): void {
    const { clock, health } = this.#parts;
    health.noteMemory(error);
    this.#untilMs = Math.max(this.#untilMs, clock.nowMs() + ms);
  }
}
