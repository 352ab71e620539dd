import { type LockBy, MOST, mariadbLocks } from './mariadb-locks.ts';
import { sharedStatements } from './shared-statements.ts';
import type { Statements } from './statements.ts';

/**
 * The statements for MariaDB (and MySQL 8). NOW(3) is the only clock. `id <= 9007199254740991`: an id above 2^53
 * cannot be named by a number of JavaScript. Such a row, which only SQL can make, is left alone: read once, it would stop
 * every claim, expire, rescue and cleanup that comes upon it.
 */
export function mariadbStatements(lockBy: LockBy): Statements {
  return { ...STATEMENTS, ...mariadbLocks(lockBy) };
}

/**
 * Whatever locks or writes names its index (a test looks for one that does not). In a short table, and where a large part
 * of a table is named, another index or none looks as cheap: MariaDB 10.11 and 11.8 each choose so in other cases.
 * Going along it locks the rows of others in passing, who then take them for held, or waits for what they hold. DELETE
 * takes an index only in its form for several tables, which costs the same. Where a statement reads nothing but the
 * columns of its index, FORCE INDEX leaves a scan of all that index allowed: so each of many ids comes with a condition
 * on another column.
 */
const STATEMENTS = {
  ...sharedStatements,

  insertRequest: `
    INSERT INTO ai_requests
           (request_type, endpoint, request_data, priority, timeout, source_npc, source_map, expires_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, FROM_UNIXTIME(UNIX_TIMESTAMP(NOW(3)) + ?))`,

  lockForCancel: `
    SELECT id
      FROM ai_requests FORCE INDEX (PRIMARY)
     WHERE id = ? AND status IN ('pending', 'processing')
       FOR UPDATE`,

  cancel: `
    UPDATE ai_requests FORCE INDEX (PRIMARY)
       SET status = 'cancelled', processed_at = NOW(3)
     WHERE id = ? AND status IN ('pending', 'processing')`,

  hasDue: `
    SELECT id
      FROM ai_requests FORCE INDEX (idx_status_priority)
     WHERE status = 'pending' AND available_at <= NOW(3) AND expires_at > NOW(3) AND id <= 9007199254740991
     LIMIT 1`,

  claimMark: `
    UPDATE ai_requests FORCE INDEX (PRIMARY)
       SET status = 'processing', claimed_by = ?, claimed_at = NOW(3),
           claim_no = LEAST(claim_no, ${MOST}) + 1, attempts = LEAST(attempts, ${MOST}) + 1
     WHERE id IN (?) AND status = 'pending'`,

  // Locked: a transaction that is still open, or in its COMMIT, is waited for, and then it is decided.
  findInserted: `
    SELECT id
      FROM ai_requests FORCE INDEX (PRIMARY)
     WHERE id = ? AND endpoint = ? AND request_data <=> ?
      LOCK IN SHARE MODE`,

  findThese: 'SELECT id FROM ai_requests WHERE id IN (?)',

  // The guard of the write itself: NOW() is the time at which a statement began, so what waited since the lock (a slow
  // packet, a held response, a server that stood still) is not seen there. NULL is an error (1048) that ends all of it.
  complete: `
    UPDATE ai_requests FORCE INDEX (PRIMARY)
       SET status = IF(expires_at > NOW(3), 'completed', NULL), processed_at = NOW(3), error_code = NULL
     WHERE id IN (?) AND status = 'processing'`,

  end: `
    UPDATE ai_requests FORCE INDEX (PRIMARY)
       SET status = ?, processed_at = NOW(3), error_code = ?
     WHERE id = ? AND status IN ('pending', 'processing', '')`,

  retry: `
    UPDATE ai_requests FORCE INDEX (PRIMARY)
       SET status = 'pending', claimed_by = NULL, claimed_at = NULL, attempts = GREATEST(attempts, 1) - ?,
           available_at = NOW(3) + INTERVAL ? SECOND, error_code = ?
     WHERE id = ? AND status = 'processing'`,

  // An admin who puts an ended request back to pending leaves its old response behind: the new one takes its place.
  insertResponse: `
    INSERT INTO ai_responses (request_id, response_data, error_message, processing_time_ms) VALUES :rows
        ON DUPLICATE KEY UPDATE response_data = VALUES(response_data), error_message = VALUES(error_message),
           processing_time_ms = VALUES(processing_time_ms), created_at = NOW(3)`,

  release: `
    UPDATE ai_requests FORCE INDEX (PRIMARY)
       SET status = 'pending', claimed_by = NULL, claimed_at = NULL, attempts = GREATEST(attempts, 1) - 1,
           available_at = NOW(3)
     WHERE id IN (?) AND status = 'processing'`,

  heartbeat: `
    INSERT INTO ai_workers (id, host, pid, version, in_flight, doorbell, timeout_seconds) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON DUPLICATE KEY UPDATE heartbeat_at = NOW(3), in_flight = VALUES(in_flight), doorbell = VALUES(doorbell),
           timeout_seconds = VALUES(timeout_seconds)`,

  retire: 'DELETE ai_workers FROM ai_workers FORCE INDEX (PRIMARY) WHERE id = ?',

  sightings: `
    SELECT id, CAST(UNIX_TIMESTAMP(heartbeat_at) AS CHAR) AS heartbeat,
           CAST(ROUND((UNIX_TIMESTAMP(NOW(3)) - UNIX_TIMESTAMP(heartbeat_at)) * 1000) AS SIGNED) AS heartbeat_age_ms,
           host, doorbell, timeout_seconds
      FROM ai_workers
     UNION ALL
    SELECT DISTINCT COALESCE(r.claimed_by, ''), NULL, NULL, NULL, NULL, NULL
      FROM ai_requests r FORCE INDEX (idx_status_priority)
     WHERE r.status = 'processing' AND r.id <= 9007199254740991
       AND NOT EXISTS (SELECT 1 FROM ai_workers w WHERE w.id = r.claimed_by)`,

  listClaims: `
    SELECT id, claim_no
      FROM ai_requests FORCE INDEX (idx_status_priority)
     WHERE status = 'processing' AND claimed_by = ? AND id <= 9007199254740991`,

  rescue: `
    UPDATE ai_requests FORCE INDEX (PRIMARY)
       SET status = 'pending', claimed_by = NULL, claimed_at = NULL, available_at = NOW(3)
     WHERE id IN (?) AND status = 'processing'`,

  // '' is what an INSERT outside strict mode makes of a status that does not exist.
  hasOverdue: `
    SELECT EXISTS (SELECT 1 FROM ai_requests FORCE INDEX (idx_expires_at)
                    WHERE status = 'pending' AND expires_at <= NOW(3) AND id <= 9007199254740991)
        OR EXISTS (SELECT 1 FROM ai_requests FORCE INDEX (idx_expires_at)
                    WHERE status = 'processing' AND expires_at <= NOW(3) - INTERVAL ? SECOND
                      AND id <= 9007199254740991)
        OR EXISTS (SELECT 1 FROM ai_requests FORCE INDEX (idx_expires_at)
                    WHERE status = '' AND id <= 9007199254740991) AS has_overdue`,

  scanForCleanup: `
    SELECT id,
           status IN ('completed', 'failed', 'timeout', 'cancelled')
             AND COALESCE(processed_at, created_at) < NOW(3) - INTERVAL ? SECOND AS is_old,
           created_at >= NOW(3) - INTERVAL ? SECOND AS is_recent
      FROM ai_requests
     WHERE id > ? AND id <= 9007199254740991
     ORDER BY id
     LIMIT ?`,

  deleteRequests: `
    DELETE ai_requests FROM ai_requests FORCE INDEX (PRIMARY)
     WHERE id IN (?) AND status IN ('completed', 'failed', 'timeout', 'cancelled')
       AND COALESCE(processed_at, created_at) < NOW(3) - INTERVAL ? SECOND`,

  scanLog: `
    SELECT id, created_at < NOW(3) - INTERVAL ? SECOND AS is_old
      FROM ai_request_log
     WHERE id > ?
     ORDER BY id
     LIMIT ?`,

  deleteLog: `
    DELETE ai_request_log FROM ai_request_log FORCE INDEX (PRIMARY)
     WHERE id IN (?) AND created_at < NOW(3) - INTERVAL ? SECOND`,

  lockMarked: `
    SELECT id
      FROM ai_requests FORCE INDEX (PRIMARY)
     WHERE id IN (?) AND source_npc = ?
     ORDER BY id
       FOR UPDATE`,

  makeOld: `
    UPDATE ai_requests FORCE INDEX (PRIMARY)
       SET created_at = '1971-01-01 00:00:00', processed_at = '1971-01-01 00:00:00'
     WHERE id = ? AND source_npc = ?`,

  deleteMarked: `
    DELETE ai_requests FROM ai_requests FORCE INDEX (PRIMARY)
     WHERE id IN (?) AND source_npc = ?`,

  deleteLogOf: `
    DELETE ai_request_log FROM ai_request_log FORCE INDEX (idx_request_id)
     WHERE request_id IN (?) AND event_type >= ''`,
} as const;
