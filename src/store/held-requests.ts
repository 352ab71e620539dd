import { setTimeout as sleep } from 'node:timers/promises';
import type { Query } from '../database/check-schema.ts';
import { serverWords } from '../database/database-errors.ts';
import { number, text } from './look-at-queue.ts';
import type { OpenTransaction } from './server-facts.ts';

/** So many of those that have waited longest are tried. */
const MOST_TRIED = 20;
/** A worker holds rows for milliseconds: who still holds one after this is none. */
const SECOND_LOOK_MS = 300;

/** Those that wait, or are being served, for longer than any of our own transactions takes. */
const WAITING = `
  (SELECT id FROM ai_requests FORCE INDEX (idx_status_priority)
    WHERE status = 'pending' AND available_at <= NOW(3) - INTERVAL 1 SECOND
    ORDER BY priority, created_at
    LIMIT ${MOST_TRIED})
  UNION ALL
  (SELECT id FROM ai_requests FORCE INDEX (idx_status_priority)
    WHERE status = 'processing' AND claimed_at <= NOW(3) - INTERVAL 1 SECOND
    ORDER BY priority, created_at
    LIMIT ${MOST_TRIED})`;

/** trx_started is in the server's own time zone, whatever the session has. Its own transaction is not among them. */
const TRANSACTIONS = `
  SELECT t.trx_mysql_thread_id AS connection, t.trx_rows_locked AS rows_locked, t.trx_state AS state,
         TIMESTAMPDIFF(SECOND, t.trx_started, CONVERT_TZ(NOW(), @@SESSION.time_zone, 'SYSTEM')) AS seconds,
         p.USER AS user_name, p.HOST AS host_name, p.COMMAND AS command
    FROM information_schema.INNODB_TRX t
         LEFT JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id
   WHERE t.trx_mysql_thread_id <> CONNECTION_ID() AND t.trx_mysql_thread_id > 0
   ORDER BY t.trx_started
   LIMIT 20`;

export async function readTransactions(query: Query): Promise<OpenTransaction[]> {
  const rows = await query(TRANSACTIONS);
  return rows.map((row) => ({
    connection: number(row, 'connection'),
    user: text(row, 'user_name'),
    host: text(row, 'host_name'),
    seconds: number(row, 'seconds'),
    rowsLocked: number(row, 'rows_locked'),
    isWaiting: text(row, 'state') === 'LOCK WAIT',
    command: text(row, 'command'),
  }));
}

/** Requests that somebody holds, at two looks. Each is tried by a read that waits for nobody and keeps nothing. */
export async function findHeldIds(query: Query, isMariadb: boolean): Promise<number[]> {
  const shared = isMariadb ? 'LOCK IN SHARE MODE' : 'FOR SHARE';
  const held = async (ids: readonly number[]) => {
    const found: number[] = [];
    for (const id of ids) if (await isHeld(query, id, shared)) found.push(id);
    return found;
  };
  const candidates = (await query(WAITING)).map((row) => number(row, 'id'));
  const first = await held(candidates.filter((id) => Number.isSafeInteger(id)));
  if (first.length === 0) return [];
  await sleep(SECOND_LOOK_MS);
  return await held(first);
}

async function isHeld(query: Query, id: number, shared: string): Promise<boolean> {
  try {
    await query(`SELECT id FROM ai_requests FORCE INDEX (PRIMARY) WHERE id = ${id} ${shared} NOWAIT`);
    return false;
  } catch (error) {
    if (isLockTaken(error)) return true;
    throw error;
  }
}

/** 1205 on MariaDB, 3572 on MySQL: it was not waited for. */
function isLockTaken(error: unknown): boolean {
  const cause = (error as { cause?: { errno?: unknown } }).cause;
  return cause?.errno === 1205 || cause?.errno === 3572 || /NOWAIT is set/.test(serverWords(error));
}
