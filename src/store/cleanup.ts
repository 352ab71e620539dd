import type { Database } from '../database/database.ts';
import { isTrue, numberOf } from '../database/row-fields.ts';
import type { CleanupOptions } from '../queue/queue-store.ts';
import { logRow } from './log-rows.ts';
import type { Statements } from './statements.ts';

/** One DELETE takes a few milliseconds and holds its locks no longer. */
const CHUNK = 500;
const SECONDS_A_DAY = 86_400;

/** Deletes old ended requests (their responses go with them) and old log rows; returns how many requests went. */
export async function cleanup(
  database: Database,
  statements: Statements,
  options: CleanupOptions,
): Promise<number> {
  const deleted = await deleteRequests(database, statements, options);
  if (deleted > 0) await database.insertEach(statements.insertLog, [logRow(0, 'cleaned', { deleted })]);
  if (options.logRetentionDays !== undefined) {
    await deleteLog(database, statements, options.logRetentionDays * SECONDS_A_DAY, options.signal);
  }
  return deleted;
}

/** Walks the primary key. A periodic run stops where all is recent, since ids and ages run together. */
async function deleteRequests(
  database: Database,
  statements: Statements,
  { ageSeconds, scan, signal }: CleanupOptions,
): Promise<number> {
  let deleted = 0;
  let afterId = 0;
  while (!signal?.aborted) {
    const rows = await database.query(statements.scanForCleanup, [ageSeconds, ageSeconds, afterId, CHUNK]);
    const oldIds = rows.filter((row) => isTrue(row, 'is_old')).map((row) => numberOf(row, 'id'));
    if (oldIds.length > 0) {
      deleted += (await database.execute(statements.deleteRequests, [oldIds, ageSeconds])).affectedRows;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < CHUNK) return deleted;
    if (scan === 'oldest' && rows.every((row) => isTrue(row, 'is_recent'))) return deleted;
    afterId = numberOf(last, 'id');
  }
  return deleted;
}

/** Log rows are made in the order of their ids: the first recent one ends the run. */
async function deleteLog(
  database: Database,
  statements: Statements,
  ageSeconds: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Goes on behind what it deleted: under a backup's snapshot the deleted rows are still there to be walked over.
  let afterId = 0;
  while (!signal?.aborted) {
    const rows = await database.query(statements.scanLog, [ageSeconds, afterId, CHUNK]);
    const oldIds = rows.filter((row) => isTrue(row, 'is_old')).map((row) => numberOf(row, 'id'));
    if (oldIds.length > 0) await database.execute(statements.deleteLog, [oldIds, ageSeconds]);
    const lastId = oldIds.at(-1);
    if (lastId === undefined || oldIds.length < CHUNK) return;
    afterId = lastId;
  }
}
