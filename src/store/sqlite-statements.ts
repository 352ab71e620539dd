import { sharedStatements } from './shared-statements.ts';
import type { Statements } from './statements.ts';

/**
 * SQLite keeps what it is given: text where a number belongs, or a number that JavaScript cannot tell from its neighbour,
 * in one row must not stop the reading of others. Within MAX_SAFE_INTEGER these say what the column means as a number.
 */
const ATTEMPTS = 'min(max(CAST(attempts AS INTEGER), 0), 9007199254740990)';
const MAX_ATTEMPTS = 'min(max(CAST(max_attempts AS INTEGER), 0), 9007199254740991)';
const CLAIM_NO = 'min(max(CAST(claim_no AS INTEGER), 0), 9007199254740991)';
/** What a claim adds one to: the sum is still one that CLAIM_NO reads as it is, or the claim could not be settled. */
const LAST_CLAIM_NO = 'min(max(CAST(claim_no AS INTEGER), 0), 9007199254740990)';

/** The last attempt of this request that failed, as `id event_data` of its log row (last-call.ts). */
const LAST_RETRY = `
  (SELECT ai_request_log.id || ' ' || coalesce(substr(CAST(event_data AS TEXT), 1, 1000), '')
     FROM ai_request_log
    WHERE request_id = ai_requests.id AND event_type = 'retried'
    ORDER BY ai_request_log.id DESC
    LIMIT 1)`;

/**
 * The statements for SQLite. Times are UTC text with milliseconds (2026-01-25 12:00:00.000): readable, and in order as
 * text. Lists arrive as JSON. No row is locked: a transaction holds the whole file's write lock (BEGIN IMMEDIATE).
 * The + of `+status` keeps SQLite off the indexes on status: with a list of ids it would rather read all that wait.
 */
export const sqliteStatements: Statements = {
  ...sharedStatements,

  insertRequest: `
    INSERT INTO ai_requests
           (request_type, endpoint, request_data, priority, timeout, source_npc, source_map, expires_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, strftime('%Y-%m-%d %H:%M:%f', 'now', ? || ' seconds'))`,

  lockForCancel: "SELECT id FROM ai_requests WHERE id = ? AND status IN ('pending', 'processing')",

  cancel: `
    UPDATE ai_requests SET status = 'cancelled', processed_at = strftime('%Y-%m-%d %H:%M:%f', 'now')
     WHERE id = ? AND status IN ('pending', 'processing')`,

  hasDue: `
    SELECT id
      FROM ai_requests INDEXED BY idx_status_priority
     WHERE status = 'pending' AND available_at <= strftime('%Y-%m-%d %H:%M:%f', 'now')
       AND expires_at > strftime('%Y-%m-%d %H:%M:%f', 'now') AND id <= 9007199254740991
     LIMIT 1`,

  // A BLOB where text belongs, or a time that is none, must not stop the claim of others either.
  lockForClaim: `
    SELECT id, ${LAST_CLAIM_NO} AS claim_no, ${ATTEMPTS} AS attempts,
           ${MAX_ATTEMPTS} AS max_attempts,
           CAST(request_type AS TEXT) AS request_type, CAST(endpoint AS TEXT) AS endpoint,
           CAST(request_data AS TEXT) AS request_data, CAST(source_npc AS TEXT) AS source_npc,
           min(max(coalesce(CAST(priority AS INTEGER), 5), -2147483648), 2147483647) AS priority,
           coalesce(CAST(round(unixepoch(created_at, 'subsec') * 1000) AS INTEGER), 0) AS created_at_ms,
           coalesce(CAST(round((unixepoch('now', 'subsec') - unixepoch(created_at, 'subsec')) * 1000) AS INTEGER), 0)
             AS age_ms,
           coalesce(CAST(round((unixepoch(expires_at, 'subsec') - unixepoch('now', 'subsec')) * 1000) AS INTEGER), 0)
             AS life_left_ms
      FROM ai_requests INDEXED BY idx_status_priority
     WHERE status = 'pending' AND available_at <= strftime('%Y-%m-%d %H:%M:%f', 'now')
       AND expires_at > strftime('%Y-%m-%d %H:%M:%f', 'now') AND id <= 9007199254740991
     ORDER BY ai_requests.priority, created_at, id
     LIMIT min(?, ?)`,

  claimMark: `
    UPDATE ai_requests
       SET status = 'processing', claimed_by = ?, claimed_at = strftime('%Y-%m-%d %H:%M:%f', 'now'),
           claim_no = ${LAST_CLAIM_NO} + 1, attempts = ${ATTEMPTS} + 1
     WHERE id IN (SELECT value FROM json_each(?)) AND +status = 'pending'`,

  lockOwn: `
    SELECT wanted
      FROM (SELECT ? AS wanted)
     WHERE wanted = (SELECT count(*)
                       FROM ai_requests
                      WHERE id IN (SELECT value FROM json_each(?)) AND +status = 'processing' AND claimed_by = ?
                        AND claim_no = ? AND expires_at > strftime('%Y-%m-%d %H:%M:%f', 'now'))`,

  lockForSettle: `
    SELECT id, status, CAST(claimed_by AS TEXT) AS claimed_by, ${CLAIM_NO} AS claim_no,
           CAST(error_code AS TEXT) AS error_code, expires_at > strftime('%Y-%m-%d %H:%M:%f', 'now') AS is_alive,
           ${LAST_RETRY} AS last_retry
      FROM ai_requests
     WHERE id IN (SELECT value FROM json_each(?))
     ORDER BY id`,

  findInserted: 'SELECT id FROM ai_requests WHERE id = ? AND endpoint = ? AND request_data IS ?',

  findThese: 'SELECT id FROM ai_requests WHERE id IN (SELECT value FROM json_each(?))',

  // As on MariaDB: NULL is an error that ends all of it. Within a statement 'now' stands still.
  complete: `
    UPDATE ai_requests
       SET status = CASE WHEN expires_at > strftime('%Y-%m-%d %H:%M:%f', 'now') THEN 'completed' END,
           processed_at = strftime('%Y-%m-%d %H:%M:%f', 'now'), error_code = NULL
     WHERE id IN (SELECT value FROM json_each(?)) AND +status = 'processing'`,

  end: `
    UPDATE ai_requests SET status = ?, processed_at = strftime('%Y-%m-%d %H:%M:%f', 'now'), error_code = ?
     WHERE id = ? AND status IN ('pending', 'processing', '')`,

  retry: `
    UPDATE ai_requests
       SET status = 'pending', claimed_by = NULL, claimed_at = NULL, attempts = max(${ATTEMPTS}, 1) - ?,
           available_at = strftime('%Y-%m-%d %H:%M:%f', 'now', ? || ' seconds'), error_code = ?
     WHERE id = ? AND status = 'processing'`,

  insertResponse: `
    INSERT INTO ai_responses (request_id, response_data, error_message, processing_time_ms) VALUES :rows
        ON CONFLICT (request_id) DO UPDATE SET response_data = excluded.response_data,
           error_message = excluded.error_message, processing_time_ms = excluded.processing_time_ms,
           created_at = strftime('%Y-%m-%d %H:%M:%f', 'now')`,

  lockForRelease: `
    SELECT id, ${CLAIM_NO} AS claim_no
      FROM ai_requests
     WHERE id IN (SELECT value FROM json_each(?)) AND +status = 'processing' AND claimed_by = ?
     ORDER BY id`,

  release: `
    UPDATE ai_requests
       SET status = 'pending', claimed_by = NULL, claimed_at = NULL, attempts = max(${ATTEMPTS}, 1) - 1,
           available_at = strftime('%Y-%m-%d %H:%M:%f', 'now')
     WHERE id IN (SELECT value FROM json_each(?)) AND +status = 'processing'`,

  heartbeat: `
    INSERT INTO ai_workers (id, host, pid, version, in_flight, doorbell, timeout_seconds) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET heartbeat_at = strftime('%Y-%m-%d %H:%M:%f', 'now'),
           in_flight = excluded.in_flight, doorbell = excluded.doorbell, timeout_seconds = excluded.timeout_seconds`,

  retire: 'DELETE FROM ai_workers WHERE id = ?',

  sightings: `
    SELECT id, heartbeat_at AS heartbeat,
           CAST(round((unixepoch('now', 'subsec') - unixepoch(heartbeat_at, 'subsec')) * 1000) AS INTEGER)
             AS heartbeat_age_ms,
           host, doorbell, timeout_seconds
      FROM ai_workers
     UNION ALL
    SELECT DISTINCT coalesce(CAST(r.claimed_by AS TEXT), ''), NULL, NULL, NULL, NULL, NULL
      FROM ai_requests r INDEXED BY idx_status_priority
     WHERE r.status = 'processing' AND r.id <= 9007199254740991
       AND NOT EXISTS (SELECT 1 FROM ai_workers w WHERE w.id = r.claimed_by)`,

  listClaims: `
    SELECT id, ${CLAIM_NO} AS claim_no
      FROM ai_requests INDEXED BY idx_status_priority
     WHERE status = 'processing' AND claimed_by = ? AND id <= 9007199254740991`,

  lockForRescue: `
    SELECT id, ${ATTEMPTS} AS attempts, ${MAX_ATTEMPTS} AS max_attempts
      FROM ai_requests INDEXED BY idx_status_priority
     WHERE status = 'processing' AND coalesce(CAST(claimed_by AS TEXT), '') IN (SELECT value FROM json_each(?))
       AND id <= 9007199254740991
     ORDER BY id
     LIMIT ?`,

  rescue: `
    UPDATE ai_requests
       SET status = 'pending', claimed_by = NULL, claimed_at = NULL,
           available_at = strftime('%Y-%m-%d %H:%M:%f', 'now')
     WHERE id IN (SELECT value FROM json_each(?)) AND +status = 'processing'`,

  hasOverdue: `
    SELECT EXISTS (SELECT 1 FROM ai_requests INDEXED BY idx_expires_at
                    WHERE status = 'pending' AND expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now')
                      AND id <= 9007199254740991)
        OR EXISTS (SELECT 1 FROM ai_requests INDEXED BY idx_expires_at
                    WHERE status = 'processing'
                      AND expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now', -? || ' seconds')
                      AND id <= 9007199254740991) AS has_overdue`,

  lockOverdue: `
    SELECT id, ${ATTEMPTS} AS attempts, CAST(error_code AS TEXT) AS error_code,
           coalesce(CAST(round(unixepoch(expires_at, 'subsec') - unixepoch(created_at, 'subsec')) AS INTEGER), 0)
             AS life_seconds,
           ${LAST_RETRY} AS last_retry
      FROM ai_requests INDEXED BY idx_expires_at
     WHERE status = ? AND expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now', -? || ' seconds')
       AND id <= 9007199254740991
     ORDER BY expires_at, id
     LIMIT ?`,

  // The table's CHECK refuses a status that does not exist, as MariaDB's strict mode does: there is none to be found.
  lockWithoutStatus: `
    SELECT id, ${ATTEMPTS} AS attempts FROM ai_requests INDEXED BY idx_expires_at WHERE status = '' LIMIT ?`,

  scanForCleanup: `
    SELECT id,
           status IN ('completed', 'failed', 'timeout', 'cancelled')
             AND coalesce(processed_at, created_at) < strftime('%Y-%m-%d %H:%M:%f', 'now', -? || ' seconds')
             AS is_old,
           created_at >= strftime('%Y-%m-%d %H:%M:%f', 'now', -? || ' seconds') AS is_recent
      FROM ai_requests
     WHERE id > ? AND id <= 9007199254740991
     ORDER BY id
     LIMIT ?`,

  lockForCleanup: `
    SELECT id
      FROM ai_requests
     WHERE id IN (SELECT value FROM json_each(?)) AND +status IN ('completed', 'failed', 'timeout', 'cancelled')
       AND coalesce(processed_at, created_at) < strftime('%Y-%m-%d %H:%M:%f', 'now', -? || ' seconds')`,

  deleteRequests: `
    DELETE FROM ai_requests
     WHERE id IN (SELECT value FROM json_each(?)) AND +status IN ('completed', 'failed', 'timeout', 'cancelled')
       AND coalesce(processed_at, created_at) < strftime('%Y-%m-%d %H:%M:%f', 'now', -? || ' seconds')`,

  scanLog: `
    SELECT id, created_at < strftime('%Y-%m-%d %H:%M:%f', 'now', -? || ' seconds') AS is_old
      FROM ai_request_log
     WHERE id > ?
     ORDER BY id
     LIMIT ?`,

  lockLogForCleanup: `
    SELECT id
      FROM ai_request_log
     WHERE id IN (SELECT value FROM json_each(?))
       AND created_at < strftime('%Y-%m-%d %H:%M:%f', 'now', -? || ' seconds')`,

  deleteLog: `
    DELETE FROM ai_request_log
     WHERE id IN (SELECT value FROM json_each(?))
       AND created_at < strftime('%Y-%m-%d %H:%M:%f', 'now', -? || ' seconds')`,

  lockMarked: `
    SELECT id
      FROM ai_requests
     WHERE id IN (SELECT value FROM json_each(?)) AND source_npc = ?
     ORDER BY id`,

  makeOld: `
    UPDATE ai_requests SET created_at = '1971-01-01 00:00:00', processed_at = '1971-01-01 00:00:00'
     WHERE id = ? AND source_npc = ?`,

  deleteMarked: 'DELETE FROM ai_requests WHERE id IN (SELECT value FROM json_each(?)) AND source_npc = ?',

  deleteLogOf: 'DELETE FROM ai_request_log WHERE request_id IN (SELECT value FROM json_each(?))',
};
