import { type Dialect, mariadbDialect, sqliteDialect } from './dialect.ts';

/**
 * What an operator asks the database, by the name of what it does; the order of the bound values is given here. None reads
 * a table from end to end: each goes along an index, as far as a LIMIT or a range of ids lets it
 * (test/conformance/operator-plans.test.ts).
 */
export interface OperatorStatements {
  /** → now_ms, last_request, last_response */
  readonly clock: string;
  /** → low, high: the ids that there are, or null */
  readonly idBounds: string;
  /** id → id, created_ms of the first request with this id or a higher one */
  readonly rowAt: string;

  /** from id, before id, filter, limit → requests, the newest first */
  readonly list: string;
  /** from id, before id, filter → requests: how many */
  readonly count: string;
  /** from id, before id, filter → requests, and how many of each end; calls, ai_ms: of how many, and their sum; total_ms: of the completed */
  readonly totals: string;
  /** The same along the index on status, where few requests have these. */
  readonly listOfStatus: string;
  readonly countOfStatus: string;
  /** statuses, limit → requests: how many there are, up to the limit */
  readonly countStatuses: string;

  /** status, priority → priority, oldest_ms of the next higher priority with requests of this status */
  readonly nextPriority: string;
  /** status, priority, limit → requests */
  readonly depthOf: string;
  readonly workers: string;
  /** ids → what the figures are made of */
  readonly sample: string;
  /** event type, limit → log rows, the newest first */
  readonly lastEvents: string;

  /** id */
  readonly request: string;
  readonly response: string;
  /** request id, limit → log rows, the newest first */
  readonly events: string;

  /** id → id, status, timeout, life_seconds; locked */
  readonly lockOne: string;
  /** life in seconds, life in seconds, id */
  readonly copy: string;
  /** data for the new request's log row; id of the old one, its data before and behind the new id */
  readonly logCopy: string;
  /** id */
  readonly deleteEnded: string;
}

/** An id above cannot be named by a number of JavaScript; only SQL can have made such a row. */
const MOST_ID = 9_007_199_254_740_991;

function statementsIn(dialect: Dialect): OperatorStatements {
  const { msOf, text, whole, bytesOf, equals, contains, byId, byStatus } = dialect;
  const optional = (condition: string) => `(? IS NULL OR ${condition})`;
  const meant = [
    optional(equals('r.request_type')),
    optional(equals('r.endpoint')),
    optional(equals('r.source_npc')),
    optional(equals('r.source_map')),
    optional(equals('r.error_code')),
    optional(`${msOf('r.created_at')} >= ?`),
    optional(`${msOf('r.created_at')} < ?`),
    optional(contains('r.request_data')),
  ].join('\n       AND ');
  const byIds = `r.id >= ? AND r.id < ? AND ${dialect.isAmong('r.status')} AND ${meant}`;
  const byStatuses = `r.id >= ? AND r.id < ? AND ${dialect.isIn('r.status')} AND ${meant}`;
  const times = `
           ${msOf('r.created_at')} AS created_ms, ${msOf('r.claimed_at')} AS claimed_ms,
           ${msOf('r.processed_at')} AS processed_ms, p.processing_time_ms AS ai_ms`;
  const listed = `
    SELECT r.id, r.status, ${text('r.request_type')} AS request_type, ${text('r.endpoint')} AS endpoint,
           ${text('r.source_npc')} AS source_npc, ${text('r.source_map')} AS source_map,
           ${whole('r.priority')} AS priority, ${whole('r.attempts')} AS attempts,
           ${text('r.error_code')} AS error_code, ${bytesOf('r.request_data')} AS data_bytes,${times}`;
  const responses =
    "LEFT JOIN ai_responses p ON p.request_id = r.id AND r.status IN ('completed', 'failed', 'timeout')";
  const countOf = (status: string) =>
    `${dialect.sum(`CASE WHEN r.status = '${status}' THEN 1 ELSE 0 END`)} AS ${status}`;
  const took = `${msOf('r.processed_at')} - ${msOf('r.created_at')}`;
  const logColumns = `id, request_id, event_type, substr(${text('event_data')}, 1, 1000) AS event_data, ${msOf('created_at')} AS at_ms`;

  return {
    clock: `
      SELECT ${msOf(dialect.now)} AS now_ms, COALESCE((SELECT MAX(id) FROM ai_requests), 0) AS last_request,
             COALESCE((SELECT MAX(id) FROM ai_responses), 0) AS last_response`,
    // One by one: for both in one SELECT, SQLite reads the whole table.
    idBounds: `
      SELECT (SELECT MIN(id) FROM ai_requests WHERE id <= ${MOST_ID}) AS low,
             (SELECT MAX(id) FROM ai_requests WHERE id <= ${MOST_ID}) AS high`,
    rowAt: `
      SELECT id, COALESCE(${msOf('created_at')}, 0) AS created_ms
        FROM ai_requests ${byId}
       WHERE id >= ? AND id <= ${MOST_ID}
       ORDER BY id
       LIMIT 1`,

    list: `${listed}
      FROM ai_requests r ${byId} ${responses}
     WHERE ${byIds}
     ORDER BY r.id DESC
     LIMIT ?`,
    count: `SELECT COUNT(*) AS requests FROM ai_requests r ${byId} WHERE ${byIds}`,
    totals: `
      SELECT COUNT(*) AS requests, ${['completed', 'failed', 'timeout', 'cancelled'].map(countOf).join(', ')},
             COUNT(p.processing_time_ms) AS calls, ${dialect.sum('p.processing_time_ms')} AS ai_ms,
             ${dialect.sum(`CASE WHEN r.status = 'completed' THEN ${took} END`)} AS total_ms
        FROM ai_requests r ${byId} ${responses}
       WHERE ${byIds}`,
    listOfStatus: `${listed}
      FROM ai_requests r ${byStatus} ${responses}
     WHERE ${byStatuses}
     ORDER BY r.id DESC
     LIMIT ?`,
    countOfStatus: `SELECT COUNT(*) AS requests FROM ai_requests r ${byStatus} WHERE ${byStatuses}`,
    countStatuses: `
      SELECT COUNT(*) AS requests
        FROM (SELECT id FROM ai_requests ${byStatus} WHERE ${dialect.isIn('status')} LIMIT ?) some_requests`,

    nextPriority: `
      SELECT priority, COALESCE(${msOf('created_at')}, 0) AS oldest_ms
        FROM ai_requests ${byStatus}
       WHERE status = ? AND priority > ? AND priority <= ${MOST_ID}
       ORDER BY priority, created_at
       LIMIT 1`,
    depthOf: `
      SELECT COUNT(*) AS requests
        FROM (SELECT id FROM ai_requests ${byStatus} WHERE status = ? AND priority = ? LIMIT ?) some_requests`,
    workers: `
      SELECT id, host, pid, version, ${msOf('started_at')} AS started_ms,
             ${msOf(dialect.now)} - ${msOf('heartbeat_at')} AS heartbeat_age_ms, in_flight, doorbell
        FROM ai_workers
       ORDER BY heartbeat_at DESC, id
       LIMIT 200`,
    sample: `
      SELECT r.id, r.status, ${text('r.source_npc')} AS source_npc, ${text('r.error_code')} AS error_code,
             ${whole('r.attempts')} AS attempts, ${dialect.endOf('p.response_data')} AS answer_end,${times}
        FROM ai_requests r ${byId} ${responses}
       WHERE ${dialect.isIn('r.id')}`,
    lastEvents: `
      SELECT ${logColumns}
        FROM ai_request_log ${dialect.logByEvent}
       WHERE event_type = ?
       ORDER BY id DESC
       LIMIT ?`,

    request: `${listed},
           ${text('r.request_data')} AS request_data, ${whole('r.timeout')} AS timeout_seconds,
           ${msOf('r.expires_at')} AS expires_ms, ${msOf('r.available_at')} AS available_ms,
           ${text('r.claimed_by')} AS claimed_by, ${whole('r.claim_no')} AS claim_no,
           ${whole('r.max_attempts')} AS max_attempts, ${msOf(dialect.now)} AS now_ms
      FROM ai_requests r ${byId} ${responses}
     WHERE r.id = ?`,
    response: `
      SELECT ${text('response_data')} AS response_data, ${text('error_message')} AS error_message,
             processing_time_ms AS ai_ms, ${msOf('created_at')} AS at_ms
        FROM ai_responses
       WHERE request_id = ?`,
    events: `
      SELECT ${logColumns}
        FROM ai_request_log ${dialect.logByRequest}
       WHERE request_id = ?
       ORDER BY id DESC
       LIMIT ?`,

    lockOne: `
      SELECT id, status, ${whole('timeout')} AS timeout,
             (${msOf('expires_at')} - ${msOf('created_at')}) AS life_ms
        FROM ai_requests ${byId}
       WHERE id = ? ${dialect.lock}`,
    copy: `
      INSERT INTO ai_requests
             (request_type, endpoint, request_data, priority, timeout, source_npc, source_map, max_attempts, expires_at)
      SELECT request_type, endpoint, request_data, priority, ?, source_npc, source_map, max_attempts,
             ${dialect.secondsFromNow}
        FROM ai_requests ${byId}
       WHERE id = ?`,
    logCopy: dialect.logCopy,
    deleteEnded: `
      ${dialect.deleteRequest}
       WHERE id = ? AND status IN ('completed', 'failed', 'timeout', 'cancelled')`,
  };
}

export const mariadbOperatorStatements = statementsIn(mariadbDialect);
export const sqliteOperatorStatements = statementsIn(sqliteDialect);
