import { MOST_COUNTED } from './queue-facts.ts';

/** What a look at the queue reads. It locks nothing and writes nothing. */
export interface FactStatements {
  readonly workers: string;
  /** What of ai_requests alerts are judged by, in one row: a worker that is idle asks for little else. */
  readonly requests: string;
  readonly calling: string;
  readonly dailyTokens: string;
  readonly calls: string;
  readonly oldestEnded: string;
  readonly lastCleaned: string;
  readonly sizes: string;
  readonly growth: string;
}

const TABLES =
  "'ai_requests', 'ai_responses', 'ai_request_log', 'ai_workers', 'ai_npc_memory', 'ai_npc_budget', 'ai_npc_words'";

/** What the databases say in different words. */
interface Dialect {
  /** The seconds from one of our times until now. */
  readonly age: (column: string) => string;
  /** The day of today, UTC. */
  readonly today: string;
  readonly sizes: string;
  /** The index of a table: which one serves best, the optimizers do not agree on. */
  readonly byId: string;
  readonly byStatus: string;
  readonly byEvent: string;
}

const mariadbDialect: Dialect = {
  age: (column) => `(UNIX_TIMESTAMP(NOW(3)) - UNIX_TIMESTAMP(${column}))`,
  today: 'UTC_DATE()',
  sizes: `
    SELECT TABLE_NAME AS name, DATA_LENGTH + INDEX_LENGTH AS bytes, TABLE_ROWS AS number
      FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${TABLES})`,
  byId: 'FORCE INDEX (PRIMARY)',
  byStatus: 'FORCE INDEX (idx_status_priority)',
  byEvent: 'FORCE INDEX (idx_event_type)',
};

const sqliteDialect: Dialect = {
  age: (column) => `(unixepoch('now', 'subsec') - coalesce(unixepoch(${column}, 'subsec'), 0))`,
  today: "date('now')",
  sizes: `
    SELECT 'whole file' AS name, page_count * page_size AS bytes, -1 AS number
      FROM pragma_page_count, pragma_page_size`,
  // Left to itself, it looks for the newest by their status among all that ever ended: 18 ms of 300,000 rows.
  byId: 'NOT INDEXED',
  byStatus: 'INDEXED BY idx_status_priority',
  byEvent: 'INDEXED BY idx_event_type',
};

/** The newest rows tell enough, and are found by id in a table of any size. */
const LATEST = 200;
const RECENT_SECONDS = 900;
/** A quarter of an hour: no life ends so long before its request is made, unless in another time zone. */
const ZONE_SECONDS = 900;
const LATEST_LOG_ROWS = 300;

const GROWING = ['ai_requests', 'ai_responses', 'ai_request_log'] as const;

function statementsWith({ age, today, sizes, byId, byStatus, byEvent }: Dialect): FactStatements {
  const beforeLatest = `(SELECT COALESCE(MAX(id), 0) - ${LATEST} FROM ai_requests)`;
  const isRecent = `${age('created_at')} < ${RECENT_SECONDS}`;
  return {
    workers: `
      SELECT id, host, pid, version, ROUND(${age('heartbeat_at')} * 1000) AS heartbeat_age_ms, in_flight, doorbell
        FROM ai_workers
       ORDER BY heartbeat_at DESC`,
    requests: `
      SELECT waiting.*, recent.*,
             (SELECT COUNT(*)
                FROM (SELECT id FROM ai_requests ${byStatus} WHERE status = 'processing' LIMIT ${MOST_COUNTED}) held) AS processing,
             (SELECT error_code
                FROM ai_requests ${byId}
               WHERE id > ${beforeLatest} AND status IN ('failed', 'timeout') AND ${isRecent} AND error_code <> ''
               GROUP BY error_code
               ORDER BY COUNT(*) DESC, error_code
               LIMIT 1) AS error_code
        FROM (SELECT COUNT(*) AS pending,
                     SUM(CASE WHEN available >= 0 AND life_over < 0 THEN 1 ELSE 0 END) AS due,
                     MAX(CASE WHEN available >= 0 AND life_over < 0 THEN made ELSE 0 END) AS oldest_due,
                     SUM(CASE WHEN life_over >= 0 THEN 1 ELSE 0 END) AS overdue,
                     MAX(CASE WHEN life_over >= 0 THEN life_over ELSE 0 END) AS oldest_overdue,
                     SUM(CASE WHEN available <= -${ZONE_SECONDS} THEN 1 ELSE 0 END) AS ahead,
                     MAX(CASE WHEN available <= -${ZONE_SECONDS} THEN -available ELSE 0 END) AS farthest_ahead
                FROM (SELECT ${age('available_at')} AS available, ${age('expires_at')} AS life_over, ${age('created_at')} AS made
                        FROM ai_requests ${byStatus}
                       WHERE status = 'pending'
                       LIMIT ${MOST_COUNTED}) pending_ones) waiting
       CROSS JOIN
             (SELECT COUNT(*) AS ended,
                     SUM(CASE WHEN status = 'failed' THEN 1 ELSE 0 END) AS failed,
                     SUM(CASE WHEN status = 'timeout' THEN 1 ELSE 0 END) AS timed_out,
                     SUM(CASE WHEN status = 'timeout' AND attempts = 0 THEN 1 ELSE 0 END) AS never_tried,
                     SUM(CASE WHEN status = 'timeout' AND life <= -${ZONE_SECONDS} THEN 1 ELSE 0 END) AS born_over
                FROM (SELECT status, attempts, ${age('created_at')} - ${age('expires_at')} AS life
                        FROM ai_requests ${byId}
                       WHERE id > ${beforeLatest} AND status IN ('completed', 'failed', 'timeout') AND ${isRecent}
                     ) ended_ones) recent`,
    calling: `
      SELECT COUNT(*) AS number, MAX(${age('claimed_at')}) AS oldest
        FROM (SELECT claimed_at
                FROM ai_requests ${byStatus}
               WHERE status = 'processing' AND claimed_at IS NOT NULL
               LIMIT ${MOST_COUNTED}) held`,
    dailyTokens: `SELECT SUM(tokens) AS tokens FROM ai_npc_budget WHERE day = ${today}`,
    calls: `
      SELECT event_type, substr(event_data, 1, 1000) AS event_data, ${age('created_at')} AS age
        FROM ai_request_log ${byId}
       WHERE event_type IN ('completed', 'failed', 'retried')
         AND id > (SELECT COALESCE(MAX(id), 0) - ${LATEST_LOG_ROWS} FROM ai_request_log)
       ORDER BY id DESC`,
    oldestEnded: `
      SELECT id, ${age('COALESCE(processed_at, created_at)')} / 86400 AS age_days
        FROM (SELECT id, status, processed_at, created_at FROM ai_requests ${byId} ORDER BY id LIMIT 100) oldest
       WHERE status IN ('completed', 'failed', 'timeout', 'cancelled')
       ORDER BY id
       LIMIT 1`,
    lastCleaned: `
      SELECT ${age('created_at')} AS age
        FROM ai_request_log ${byEvent}
       WHERE event_type = 'cleaned'
       ORDER BY id DESC
       LIMIT 1`,
    sizes,
    growth: GROWING.map(
      (table) => `
      SELECT *
        FROM (SELECT '${table}' AS name, (SELECT MAX(id) FROM ${table}) - id AS rows_since, ${age('created_at')} AS age
                FROM ${table} ${byId}
               ORDER BY id
               LIMIT 1) oldest_of_${table}`,
    ).join(' UNION ALL '),
  };
}

export const mariadbFactStatements = statementsWith(mariadbDialect);
export const sqliteFactStatements = statementsWith(sqliteDialect);
