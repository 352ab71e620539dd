import type { Statements } from './statements.ts';

/** The statements that all databases take in the same words. */
export const sharedStatements = {
  // A response counts with the status that it was written for. An admin who puts a request back to pending, or a TRUNCATE
  // that lets ids come again, leaves an old one behind: perhaps of another player.
  readRequest: `
    SELECT r.id, COALESCE(CAST(r.created_at AS CHAR(30)), '') AS created_at_text, r.status, r.error_code, p.error_message, p.processing_time_ms,
           CASE WHEN r.status = 'completed' THEN p.response_data END AS response_data
      FROM ai_requests r
           LEFT JOIN ai_responses p ON p.request_id = r.id AND r.status IN ('completed', 'failed', 'timeout')
     WHERE r.id = ?`,

  insertLog: 'INSERT INTO ai_request_log (request_id, event_type, event_data) VALUES :rows',

  depth: `
    SELECT status, COUNT(*) AS requests
      FROM ai_requests
     WHERE status IN ('pending', 'processing')
     GROUP BY status`,

  readMeta: 'SELECT name, value FROM ai_ipc_meta',
} as const satisfies Partial<Statements>;
