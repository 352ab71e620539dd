import type { TestDatabase } from './test-database.ts';

/** Longer than a row of the log can hold in one piece as JSON: 12,000 times two bytes, quotes, a control byte, an emoji. */
export const LONG_RESPONSE = `${'ü'.repeat(12_000)}"\\\n\u0001😀`;

/**
 * Rows as a year of careless use leaves them in the document's tables: NULL statuses, dates that TIMESTAMP cannot hold,
 * second responses, responses without their request.
 */
export async function insertAwkwardRows(database: TestDatabase): Promise<void> {
  const connection = await database.connect();
  await connection.query("SET sql_mode = '', foreign_key_checks = 0");
  await connection.query(`
    INSERT INTO ai_requests (id, endpoint, request_data, status, expires_at, source_npc) VALUES
      (1, '/completed', '{"message":"Grüße 😀"}', 'completed', NOW() - INTERVAL 1 DAY, 'Sage'),
      (2, '/null-alive', '{}', NULL, NOW() + INTERVAL 1 DAY, NULL),
      (3, '/null-overdue', '{}', NULL, NOW() - INTERVAL 1 DAY, NULL),
      (4, '/null-with-response', '{}', NULL, NOW() - INTERVAL 1 DAY, NULL),
      (5, '/far-future', NULL, 'pending', '9999-12-31 23:59:59', NULL),
      (6, '/zero-date', NULL, 'pending', '0000-00-00 00:00:00', NULL),
      (7, '/before-1970', NULL, 'failed', '1901-02-03 04:05:06', NULL),
      (8, '/claimed-by-nobody', NULL, 'processing', NOW() + INTERVAL 1 HOUR, NULL),
      (9, '/no-such-status', NULL, 'dreaming', NOW() + INTERVAL 1 HOUR, NULL),
      (10, '/null-far-future', NULL, NULL, '2050-01-01', NULL),
      (4294967295, '/last-int', NULL, 'cancelled', NOW(), NULL)`);
  await connection.query("UPDATE ai_requests SET created_at = '0000-00-00 00:00:00' WHERE id = 7");
  await connection.query(
    `INSERT INTO ai_responses (id, request_id, response_data, error_message, processing_time_ms, created_at) VALUES
      (1, 1, '{"text":"first"}', NULL, 12, '2026-01-02 03:04:05'),
      (2, 4, '{"text":"answered all the same"}', NULL, NULL, NOW()),
      (3, 1, ?, NULL, 34, '2026-01-02 03:04:06'),
      (4, 1, NULL, 'third', NULL, NOW()),
      (5, 77, '{"text":"of no request"}', NULL, 5, NOW()),
      (6, 77, '{"text":"of no request, again"}', NULL, NULL, NOW())`,
    [LONG_RESPONSE],
  );
  await connection.query(
    "INSERT INTO ai_request_log (request_id, event_type, event_data) VALUES (1, 'completed', 'of the old worker')",
  );
  await connection.end();
}
