import { lockNoneHeld, lockPassingHeld } from './pass-held.ts';
import type { Statements } from './statements.ts';

/**
 * How rows that somebody's open transaction holds are passed by. skip_locked_of: MySQL's form, which says for which table a
 * lock is. pass_held: each is tried, on a MariaDB without SKIP LOCKED. wait: not at all, on a server that can do neither.
 */
export type LockBy = 'skip_locked' | 'skip_locked_of' | 'pass_held' | 'wait';

/** What suits a server. Blocks of statements are MariaDB's own; a MySQL that we take has SKIP LOCKED. */
export function wayOf(server: { readonly isMariadb: boolean; readonly skipsLocked: boolean }): LockBy {
  if (server.skipsLocked) return server.isMariadb ? 'skip_locked' : 'skip_locked_of';
  return server.isMariadb ? 'pass_held' : 'wait';
}

/** The statements that lock rows which nobody has named: one that is held must not keep all others from their end. */
type Locks = Pick<
  Statements,
  | 'lockForClaim'
  | 'lockOwn'
  | 'lockForSettle'
  | 'lockForRelease'
  | 'lockForRescue'
  | 'lockOverdue'
  | 'lockWithoutStatus'
  | 'lockForCleanup'
  | 'lockLogForCleanup'
>;

export function mariadbLocks(lockBy: LockBy): Locks {
  if (lockBy === 'wait') return LOCKS;
  if (lockBy === 'pass_held') return PASSING;
  const skipping = Object.entries(LOCKS).map(([name, sql]) => [name, `${sql} SKIP LOCKED`]);
  const locks = Object.fromEntries(skipping) as Locks;
  return lockBy === 'skip_locked' ? locks : { ...locks, lockForCleanup: LOCK_FOR_CLEANUP_OF };
}

/** INT UNSIGNED ends one above it. A row that SQL put at the end could not be counted on, and would stop every claim. */
export const MOST = 4_294_967_294;

const DUE = `
  FROM ai_requests FORCE INDEX (idx_status_priority)
 WHERE status = 'pending' AND available_at <= NOW(3) AND expires_at > NOW(3) AND id <= 9007199254740991
 ORDER BY priority, created_at, id
 LIMIT ?`;

/** How a claim finds what is due, without locks: limit → id. */
export const FIND_DUE = `SELECT id ${DUE}`;

const CLAIM_COLUMNS = `
  SELECT r.id, LEAST(r.claim_no, ${MOST}) AS claim_no, LEAST(r.attempts, ${MOST}) AS attempts, r.max_attempts,
         r.request_type, r.endpoint, r.request_data, r.priority, r.source_npc,
         CAST(ROUND(UNIX_TIMESTAMP(r.created_at) * 1000) AS UNSIGNED) AS created_at_ms,
         CAST(ROUND((UNIX_TIMESTAMP(NOW(3)) - UNIX_TIMESTAMP(r.created_at)) * 1000) AS SIGNED) AS age_ms,
         CAST(ROUND((UNIX_TIMESTAMP(r.expires_at) - UNIX_TIMESTAMP(NOW(3))) * 1000) AS SIGNED) AS life_left_ms`;

/**
 * The last attempt of this request that failed, as `id event_data` of its log row. It is read in last-call.ts: for a text
 * that is no JSON, which only SQL can have put there, JSON_EXTRACT is an error on MySQL (3141).
 */
const LAST_RETRY = `
  (SELECT CONCAT_WS(' ', ai_request_log.id, LEFT(event_data, 1000))
     FROM ai_request_log FORCE INDEX (idx_request_id)
    WHERE request_id = ai_requests.id AND event_type = 'retried'
    ORDER BY ai_request_log.id DESC
    LIMIT 1)`;

const OWN = `id IN (?) AND status = 'processing' AND claimed_by = ?`;
const SETTLE_COLUMNS = `
  SELECT id, status, claimed_by, claim_no, error_code, expires_at > NOW(3) AS is_alive,
         CASE WHEN claim_no > 1 THEN ${LAST_RETRY} END AS last_retry
    FROM ai_requests FORCE INDEX (PRIMARY)`;

const RESCUE_COLUMNS = 'SELECT r.id, r.attempts, r.max_attempts';
const OF_DEAD = `
    FROM ai_requests FORCE INDEX (idx_status_priority)
   WHERE status = 'processing' AND COALESCE(CONVERT(claimed_by USING utf8mb4), '') IN (?) AND id <= 9007199254740991
   ORDER BY id`;

const OVERDUE_COLUMNS = `
  SELECT id, attempts, error_code,
         CAST(ROUND(UNIX_TIMESTAMP(expires_at) - UNIX_TIMESTAMP(created_at)) AS SIGNED) AS life_seconds,
         CASE WHEN claim_no > 0 THEN ${LAST_RETRY} END AS last_retry`;
const OVERDUE = `
    FROM ai_requests FORCE INDEX (idx_expires_at)
   WHERE status = ? AND expires_at <= NOW(3) - INTERVAL ? SECOND AND id <= 9007199254740991
   ORDER BY expires_at, id`;

const WITHOUT_STATUS = `
    FROM ai_requests FORCE INDEX (idx_expires_at)
   WHERE status = '' AND id <= 9007199254740991`;

const IS_OLD = `
   WHERE ai_requests.id IN (?) AND status IN ('completed', 'failed', 'timeout', 'cancelled')
     AND COALESCE(processed_at, ai_requests.created_at) < NOW(3) - INTERVAL ? SECOND`;
const OLD_LOG = `
    FROM ai_request_log FORCE INDEX (PRIMARY)
   WHERE id IN (?) AND created_at < NOW(3) - INTERVAL ? SECOND
   ORDER BY id`;

/** Where SKIP LOCKED goes behind. */
const LOCKS: Locks = {
  /**
   * The inner SELECT finds without locks (equality on status, then the index's own order: no sort); the outer one locks
   * by primary key what is found, one after the other, so in the same order: to sort whole rows again took 2 µs each. A
   * scan that locks what it passes took 20 µs a row here, this takes 6 µs.
   */
  lockForClaim: `${CLAIM_COLUMNS}
    FROM (${FIND_DUE}) due
         STRAIGHT_JOIN ai_requests r FORCE INDEX (PRIMARY) ON r.id = due.id
   WHERE r.status = 'pending' AND r.available_at <= NOW(3) AND r.expires_at > NOW(3)
   LIMIT ?
     FOR UPDATE`,

  // Where fewer are found the difference falls below zero, which is an error (1690) that ends the packet, as long as
  // sql_mode has no NO_UNSIGNED_SUBTRACTION (session.ts). INTO: what ends with a COMMIT answers with an OK and no rows.
  lockOwn: `
    SELECT CAST(COUNT(*) AS UNSIGNED) - ? INTO @more
      FROM ai_requests FORCE INDEX (PRIMARY)
     WHERE ${OWN} AND claim_no = ? AND expires_at > NOW(3)
       FOR UPDATE`,

  lockForSettle: `${SETTLE_COLUMNS}
     WHERE id IN (?)
     ORDER BY id
       FOR UPDATE`,

  lockForRelease: `
    SELECT id, claim_no
      FROM ai_requests FORCE INDEX (PRIMARY)
     WHERE ${OWN}
     ORDER BY id
       FOR UPDATE`,

  // Found without locks first: a scan that locks would lock, and wait for, what the living are settling.
  lockForRescue: `${RESCUE_COLUMNS}
    FROM (SELECT id, claimed_by ${OF_DEAD}
           LIMIT ?) dead
         STRAIGHT_JOIN ai_requests r FORCE INDEX (PRIMARY) ON r.id = dead.id
   WHERE r.status = 'processing' AND r.claimed_by <=> dead.claimed_by
   ORDER BY r.id
     FOR UPDATE`,

  lockOverdue: `${OVERDUE_COLUMNS} ${OVERDUE}
     LIMIT ?
       FOR UPDATE`,

  lockWithoutStatus: `
    SELECT id, attempts ${WITHOUT_STATUS}
     LIMIT ?
       FOR UPDATE`,

  // With its response, which goes with it. One that is skipped looks like none, so without a lock it is looked for again.
  lockForCleanup: `
    SELECT ai_requests.id
      FROM ai_requests FORCE INDEX (PRIMARY)
           LEFT JOIN ai_responses FORCE INDEX (idx_request_id) ON ai_responses.request_id = ai_requests.id
     ${IS_OLD}
       AND (ai_responses.id IS NOT NULL
            OR (SELECT COUNT(*) FROM ai_responses any_response FORCE INDEX (idx_request_id)
                 WHERE any_response.request_id = ai_requests.id) = 0)
     ORDER BY ai_requests.id
       FOR UPDATE`,

  lockLogForCleanup: `
    SELECT id ${OLD_LOG}
       FOR UPDATE`,
};

/**
 * MySQL demands a right to write for each table that is locked FOR UPDATE (1142), and the game's user has none on
 * ai_responses. FOR SHARE asks for SELECT alone, from 8.0.22 on, and passes a held response by as well.
 */
const LOCK_FOR_CLEANUP_OF = `${LOCKS.lockForCleanup} OF ai_requests SKIP LOCKED
       FOR SHARE OF ai_responses SKIP LOCKED`;

const FOUND = 'SELECT id, status, claim_no';
const BY_ID = 'FROM ai_requests FORCE INDEX (PRIMARY)';

/** The same, for a MariaDB that has no SKIP LOCKED. */
const PASSING: Locks = {
  lockForClaim: lockPassingHeld({
    find: `${FOUND} ${DUE}`,
    columns: `${CLAIM_COLUMNS} FROM ai_requests r FORCE INDEX (PRIMARY)`,
    limit: 'taken',
  }),
  lockOwn: lockNoneHeld(LOCKS.lockOwn),
  lockForSettle: lockPassingHeld({
    find: `${FOUND} ${BY_ID} WHERE id IN (?) ORDER BY id`,
    columns: SETTLE_COLUMNS,
  }),
  lockForRelease: lockPassingHeld({
    find: `${FOUND} ${BY_ID} WHERE ${OWN} ORDER BY id`,
    columns: `SELECT id, claim_no ${BY_ID}`,
  }),
  lockForRescue: lockPassingHeld({
    find: `${FOUND} ${OF_DEAD}`,
    columns: `${RESCUE_COLUMNS} FROM ai_requests r FORCE INDEX (PRIMARY)`,
    limit: 'found and taken',
  }),
  lockOverdue: lockPassingHeld({
    find: `${FOUND} ${OVERDUE}`,
    columns: `${OVERDUE_COLUMNS} ${BY_ID}`,
    limit: 'found and taken',
  }),
  lockWithoutStatus: lockPassingHeld({
    find: `${FOUND} ${WITHOUT_STATUS}`,
    columns: `SELECT id, attempts ${BY_ID}`,
    limit: 'found and taken',
  }),
  lockForCleanup: lockPassingHeld({
    find: `${FOUND} ${BY_ID} ${IS_OLD} ORDER BY id`,
    columns: `SELECT id ${BY_ID}`,
    isWithResponse: true,
  }),
  lockLogForCleanup: lockPassingHeld({
    table: 'ai_request_log',
    find: `SELECT id ${OLD_LOG}`,
    columns: 'SELECT id FROM ai_request_log FORCE INDEX (PRIMARY)',
  }),
};
