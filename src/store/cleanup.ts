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
  { ageSeconds, scan, signal, onChunk }: CleanupOptions,
): Promise<number> {
  let deleted = 0;
  let lookedAt = 0;
  let afterId = 0;
  while (!signal?.aborted) {
    const rows = await database.query(statements.scanForCleanup, [ageSeconds, ageSeconds, afterId, CHUNK]);
    const oldIds = rows.filter((row) => isTrue(row, 'is_old')).map((row) => numberOf(row, 'id'));
    const deleting = { lock: statements.lockForCleanup, delete: statements.deleteRequests };
    deleted += await deleteFree(database, deleting, [oldIds, ageSeconds]);
    lookedAt += rows.length;
    onChunk?.(lookedAt, deleted);
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
    const deleting = { lock: statements.lockLogForCleanup, delete: statements.deleteLog };
    await deleteFree(database, deleting, [oldIds, ageSeconds]);
    const lastId = oldIds.at(-1);
    if (lastId === undefined || oldIds.length < CHUNK) return;
    afterId = lastId;
  }
}

/** Those that nobody holds: the others go the next time. Returns how many went. */
async function deleteFree(
  database: Database,
  sql: { readonly lock: string; readonly delete: string },
  [oldIds, ageSeconds]: readonly [readonly number[], number],
): Promise<number> {
  if (oldIds.length === 0) return 0;
  return await database.lockAndWrite({ sql: sql.lock, values: [oldIds, ageSeconds] }, (rows) => {
    const ids = rows.map((row) => numberOf(row, 'id'));
    const writes = ids.length === 0 ? [] : [{ sql: sql.delete, values: [ids, ageSeconds] }];
    return { writes, result: ids.length };
  });
}
