import { systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { errnoOf } from './migrate-connection.ts';
import type { ScriptRun } from './migrate-script.ts';

/** With each try less is left to do, so a few are many. */
const MEETINGS = 5;
/** Table, column, key, constraint (two ways), procedure or event is there already; what is to be dropped is gone. */
const DONE_ALREADY: ReadonlySet<number | undefined> = new Set([
  1050, 1060, 1061, 1022, 1826, 1304, 1537, 1091,
]);
/** ER_CANT_CREATE_TABLE, which MariaDB says of a foreign key whose name is taken, too: `errno: 121 "Duplicate key …"`. */
const CANNOT_CREATE = 1005;
const NAME_TAKEN = /errno: 121\b/;

/**
 * Whether a statement found its work done meanwhile. One migrate waits for the other by a lock on a row; that lock is unknown
 * to another node of a Galera cluster, where a second migrate may be at the same work.
 */
export function isDoneByAnother(error: unknown): boolean {
  const found = error instanceof Error && errnoOf(error) === undefined ? error.cause : error;
  const errno = errnoOf(found);
  return DONE_ALREADY.has(errno) || (errno === CANNOT_CREATE && NAME_TAKEN.test(messageOf(found)));
}

/** Does `work`, which looks first what there is to do, and does it anew where another migrate came in between. */
export async function meetingOthers<T>(run: ScriptRun, work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      if (tried >= MEETINGS || run.signal?.aborted || !isDoneByAnother(error)) throw error;
      await run.connection.query('ROLLBACK');
      run.onStep(
        'A part of it is there already (another migrate, on another node of the cluster?): looking anew what is left to do.',
      );
    }
    await systemClock.sleep(run.lockWait.pauseMs, run.signal);
  }
}
