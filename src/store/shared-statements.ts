import type { Statements } from './statements.ts';

/** The statements that all databases take in the same words. */
export const sharedStatements = {
  readRequest: `
    SELECT r.id, r.status, r.error_code, p.response_data, p.error_message, p.processing_time_ms
      FROM ai_requests r LEFT JOIN ai_responses p ON p.request_id = r.id
     WHERE r.id = ?`,

  insertLog: 'INSERT INTO ai_request_log (request_id, event_type, event_data) VALUES :rows',

  depth: `
    SELECT status, COUNT(*) AS requests
      FROM ai_requests
     WHERE status IN ('pending', 'processing')
     GROUP BY status`,

  readMeta: 'SELECT name, value FROM ai_ipc_meta',
} as const satisfies Partial<Statements>;
