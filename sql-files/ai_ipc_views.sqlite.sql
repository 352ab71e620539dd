-- AI IPC: four views for monitoring (docs/monitoring.md), for SQLite. `ai-ipc` makes them when it opens the file.
-- No index begins with created_at (it would cost each request): so all statuses and priorities are named, and from each the
-- newest are taken.

DROP VIEW IF EXISTS ai_v_queue;
CREATE VIEW ai_v_queue AS
SELECT status, priority, count(*) AS requests, min(created_at) AS oldest,
       round((unixepoch('now', 'subsec') - unixepoch(min(created_at), 'subsec')), 3) AS oldest_seconds,
       sum(available_at > strftime('%Y-%m-%d %H:%M:%f', 'now', '+0 seconds')) AS not_before_later,
       sum(expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now', '+0 seconds')) AS overdue
  FROM ai_requests INDEXED BY idx_status_priority
 WHERE status IN ('pending', 'processing')
 GROUP BY status, priority;

DROP VIEW IF EXISTS ai_v_last_hour;
CREATE VIEW ai_v_last_hour AS
SELECT r.status, r.error_code, count(*) AS requests, round(avg(p.processing_time_ms)) AS ai_ms,
       round(avg((unixepoch(r.processed_at, 'subsec') - unixepoch(r.created_at, 'subsec'))) * 1000) AS total_ms,
       round(max((unixepoch(r.processed_at, 'subsec') - unixepoch(r.created_at, 'subsec'))) * 1000) AS longest_ms
  FROM ai_requests r INDEXED BY idx_status_priority
       LEFT JOIN ai_responses p ON p.request_id = r.id
 WHERE r.status IN ('pending', 'processing', 'completed', 'failed', 'timeout', 'cancelled')
   AND r.priority IN (
                       0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
                       26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48,
                       49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71,
                       72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94,
                       95, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114,
                       115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131, 132, 133,
                       134, 135, 136, 137, 138, 139, 140, 141, 142, 143, 144, 145, 146, 147, 148, 149, 150, 151, 152,
                       153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171,
                       172, 173, 174, 175, 176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190,
                       191, 192, 193, 194, 195, 196, 197, 198, 199, 200, 201, 202, 203, 204, 205, 206, 207, 208, 209,
                       210, 211, 212, 213, 214, 215, 216, 217, 218, 219, 220, 221, 222, 223, 224, 225, 226, 227, 228,
                       229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 246, 247,
                       248, 249, 250, 251, 252, 253, 254, 255)
   AND r.created_at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-1 hour')
 GROUP BY r.status, r.error_code;

DROP VIEW IF EXISTS ai_v_by_npc;
CREATE VIEW ai_v_by_npc AS
SELECT r.source_npc, count(*) AS requests, sum(r.status = 'completed') AS completed, sum(r.status = 'failed') AS failed,
       sum(r.status = 'timeout') AS timeout,
       round(100.0 * sum(r.status = 'completed') / nullif(sum(r.status IN ('completed', 'failed', 'timeout')), 0), 1)
         AS success_percent,
       round(avg(CASE WHEN r.status = 'completed'
                      THEN unixepoch(r.processed_at, 'subsec') - unixepoch(r.claimed_at, 'subsec') END) * 1000) AS ai_ms,
       round(avg((unixepoch(r.processed_at, 'subsec') - unixepoch(r.created_at, 'subsec'))) * 1000) AS total_ms,
       max(r.created_at) AS last_request
  FROM ai_requests r INDEXED BY idx_status_priority
 WHERE r.status IN ('pending', 'processing', 'completed', 'failed', 'timeout', 'cancelled')
   AND r.priority IN (
                       0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
                       26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48,
                       49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71,
                       72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94,
                       95, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114,
                       115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131, 132, 133,
                       134, 135, 136, 137, 138, 139, 140, 141, 142, 143, 144, 145, 146, 147, 148, 149, 150, 151, 152,
                       153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171,
                       172, 173, 174, 175, 176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190,
                       191, 192, 193, 194, 195, 196, 197, 198, 199, 200, 201, 202, 203, 204, 205, 206, 207, 208, 209,
                       210, 211, 212, 213, 214, 215, 216, 217, 218, 219, 220, 221, 222, 223, 224, 225, 226, 227, 228,
                       229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 246, 247,
                       248, 249, 250, 251, 252, 253, 254, 255)
   AND r.created_at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-1 day')
 GROUP BY r.source_npc;

-- What has waited for longer than a worker needs, and why, as far as the tables tell.
DROP VIEW IF EXISTS ai_v_stuck;
CREATE VIEW ai_v_stuck AS
SELECT r.id, r.status, r.source_npc, r.created_at,
       round((unixepoch('now', 'subsec') - unixepoch(r.created_at, 'subsec')), 3) AS age_seconds, r.attempts, r.error_code, r.claimed_by,
       CASE WHEN NOT EXISTS (SELECT 1 FROM ai_workers a WHERE a.heartbeat_at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-10 seconds'))
              THEN 'no worker lives'
            WHEN r.status = 'processing' AND (w.heartbeat_at IS NULL OR w.heartbeat_at <= strftime('%Y-%m-%d %H:%M:%f', 'now', '-10 seconds'))
              THEN 'its worker is gone'
            WHEN r.expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now', '+0 seconds') THEN 'its life is over, and it could not be ended: is the row held?'
            WHEN r.available_at > strftime('%Y-%m-%d %H:%M:%f', 'now', '+0 seconds')
              THEN 'it is not to be served yet: is available_at in another time zone?'
            WHEN r.status = 'processing' THEN 'the AI service is slow'
            ELSE 'it waits for its turn, for the AI service, or for whoever holds its row' END AS reason
  FROM ai_requests r INDEXED BY idx_status_priority
       LEFT JOIN ai_workers w ON w.id = r.claimed_by
 WHERE r.status IN ('pending', 'processing')
   AND (r.expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now', '-5 seconds')
        OR (r.status = 'pending' AND r.available_at <= strftime('%Y-%m-%d %H:%M:%f', 'now', '-10 seconds'))
        OR (r.status = 'pending' AND r.available_at > strftime('%Y-%m-%d %H:%M:%f', 'now', '+15 minutes'))
        OR (r.status = 'processing' AND r.claimed_at <= strftime('%Y-%m-%d %H:%M:%f', 'now', '-10 seconds')));
