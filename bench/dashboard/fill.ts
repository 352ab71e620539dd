import { numbers } from '../../test/support/numbers.ts';
import type { TestDatabase } from '../../test/support/test-database.ts';

/** One INSERT of each kind: more rows at once only make the server's undo log grow. */
const CHUNK = 250_000;
const DAYS_MS = 7 * 24 * 3_600_000;

/**
 * A queue with so many ended requests over seven days, of 200 NPCs, one in fifty failed; each with its response, and the
 * failed ones with their log row.
 */
export async function fill(
  database: TestDatabase,
  rows: number,
  onChunk: (done: number) => void,
): Promise<void> {
  const everyMs = DAYS_MS / rows;
  for (let done = 0; done < rows; done += CHUNK) {
    const count = Math.min(CHUNK, rows - done);
    const made = `NOW(3) - INTERVAL ROUND((${rows} - ${done} - seq) * ${everyMs}) * 1000 MICROSECOND`;
    await database.query(`
      INSERT INTO ai_requests (id, request_type, endpoint, request_data, priority, status, created_at, claimed_at,
                               processed_at, expires_at, available_at, source_npc, source_map, attempts, claim_no, error_code)
      SELECT ${done} + seq, 'dialogue', '/api/v1/npc/dialogue', '{"message":"Where can I hunt?"}', 5,
             IF(seq % 50 = 0, 'failed', 'completed'), ${made}, ${made} + INTERVAL 5000 MICROSECOND,
             ${made} + INTERVAL 400000 MICROSECOND, ${made} + INTERVAL 30 SECOND, ${made},
             CONCAT('NPC ', seq % 200), 'prontera', 1, 1, IF(seq % 50 = 0, 'ai_server_error', NULL)
        FROM ${numbers(count)}`);
    await database.query(`
      INSERT INTO ai_responses (request_id, response_data, processing_time_ms)
      SELECT ${done} + seq, '{"text":"South.","tokens":{"prompt":900,"completion":30},"latency_ms":390}', 390 + seq % 100
        FROM ${numbers(count)}`);
    await database.query(`
      INSERT INTO ai_request_log (request_id, event_type, event_data)
      SELECT ${done} + seq, 'failed', '{"attempt":1,"ms":390,"error_code":"ai_server_error"}'
        FROM ${numbers(count)} WHERE seq % 50 = 0`);
    onChunk(done + count);
  }
}
