import type { Clock } from '../../base/clock.ts';
import { errorFields } from '../../base/errors.ts';
import { type Lifecycle, Loop } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/logger.ts';
import type { KeptMemory } from './npc-memory.ts';

/** What is kept for days may stay an hour longer. A look that finds nothing takes a millisecond. */
const REST_MS = 3_600_000;
const RETRY_MS = 60_000;

export interface MemoryCleanupOptions {
  /** null while there is no database. */
  readonly memory: () => KeptMemory | null;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What an NPC knows of a player is deleted when they have not talked for so long. */
  readonly days: number;
}

/**
 * Deletes what is old, at the start and then each hour, and makes the words that lines lack. Several services may do so on one
 * database.
 */
export function createMemoryCleanup({ memory, clock, logger, days }: MemoryCleanupOptions): Lifecycle {
  return new Loop({
    clock,
    async turn(signal) {
      const present = memory();
      if (present === null) return RETRY_MS;
      await present.completeWords(signal);
      const turns = await present.deleteOlderThan(days, signal);
      if (turns > 0) logger.info({ turns, days }, 'Old NPC memory was deleted');
      return REST_MS;
    },
    onError(error) {
      logger.error(errorFields(error), 'Old NPC memory could not be deleted, trying again');
      return RETRY_MS;
    },
  });
}
