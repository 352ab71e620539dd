import type { Connection } from 'mariadb';
import { systemClock } from '../base/clock.ts';
import type { Row } from './database.ts';

/** How far the server is with a statement that copies a table. */
export interface CopyProgress {
  /** Of all its stages together, 0 to 100. */
  readonly percent: number;
}

const EVERY_MS = 500;
/** MariaDB alone tells it there; nothing while no statement is at work that counts its rows. */
const PROGRESS = `
  SELECT STAGE AS stage, MAX_STAGE AS stages, PROGRESS AS percent
    FROM information_schema.PROCESSLIST
   WHERE ID = ? AND MAX_STAGE > 0`;

/** Asks again and again, over one connection, how far the statement on another is; until the function is called that it gives. */
export function watchCopy(
  asking: Connection,
  workingThreadId: number,
  onProgress: (progress: CopyProgress) => void,
): () => Promise<void> {
  const ended = new AbortController();
  const look = async () => {
    while (!ended.signal.aborted) {
      await systemClock.sleep(EVERY_MS, ended.signal);
      if (ended.signal.aborted) return;
      const [row] = await asking.query<Row[]>(PROGRESS, [workingThreadId]);
      if (row !== undefined) onProgress({ percent: percentOf(row) });
    }
  };
  // What is only to be looked at keeps no upgrade from its end.
  const looking = look().catch(() => undefined);
  return async () => {
    ended.abort();
    await looking;
  };
}

function percentOf(row: Row): number {
  const stage = Number(row['stage']);
  const stages = Number(row['stages']);
  return Math.min(100, Math.max(0, ((stage - 1) * 100 + Number(row['percent'])) / stages));
}
