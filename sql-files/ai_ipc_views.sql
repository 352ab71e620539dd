-- AI IPC: four views for monitoring (docs/monitoring.md), for MariaDB 10.3 or later and MySQL 8.0.13 or later.
-- `ai-ipc migrate` makes them. Without it, once the tables are there: sudo mariadb ragnarok < sql-files/ai_ipc_views.sql
-- Load it as often as you like: each view becomes what stands here. They work with the rights of whoever reads them, and
-- nothing of AI IPC reads them.
--
-- No key begins with created_at (it would cost each request): so all statuses and priorities are named, and from each the
-- newest are taken. Whatever the size of the table, that is 1,536 looks and the rows that are meant.

CREATE OR REPLACE SQL SECURITY INVOKER VIEW `ai_v_queue` AS
SELECT status, priority, COUNT(*) AS requests, MIN(created_at) AS oldest,
       ROUND(UNIX_TIMESTAMP(NOW(3)) - UNIX_TIMESTAMP(MIN(created_at)), 3) AS oldest_seconds,
       SUM(available_at > NOW(3)) AS not_before_later, SUM(expires_at <= NOW(3)) AS overdue
  FROM `ai_requests` FORCE INDEX (`idx_status_priority`)
 WHERE status IN ('pending', 'processing')
 GROUP BY status, priority;

CREATE OR REPLACE SQL SECURITY INVOKER VIEW `ai_v_last_hour` AS
SELECT r.status, r.error_code, COUNT(*) AS requests, ROUND(AVG(p.processing_time_ms)) AS ai_ms,
       ROUND(AVG(UNIX_TIMESTAMP(r.processed_at) - UNIX_TIMESTAMP(r.created_at)) * 1000) AS total_ms,
       ROUND(MAX(UNIX_TIMESTAMP(r.processed_at) - UNIX_TIMESTAMP(r.created_at)) * 1000) AS longest_ms
  FROM `ai_requests` r FORCE INDEX (`idx_status_priority`)
       LEFT JOIN `ai_responses` p ON p.request_id = r.id
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
   AND r.created_at > NOW(3) - INTERVAL 1 HOUR
 GROUP BY r.status, r.error_code;

-- The requests of a day, 285,000 say, are read where they stand, from the first of them on: by way of the key alone each
-- would be looked for. ai_ms is of those that completed, from the claim to the answer: the row of the answer is not read.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW `ai_v_by_npc` AS
SELECT r.source_npc, COUNT(*) AS requests, SUM(r.status = 'completed') AS completed, SUM(r.status = 'failed') AS failed,
       SUM(r.status = 'timeout') AS timeout,
       ROUND(100 * SUM(r.status = 'completed') / NULLIF(SUM(r.status IN ('completed', 'failed', 'timeout')), 0), 1)
         AS success_percent,
       ROUND(AVG(CASE WHEN r.status = 'completed' THEN UNIX_TIMESTAMP(r.processed_at) - UNIX_TIMESTAMP(r.claimed_at) END)
             * 1000) AS ai_ms,
       ROUND(AVG(UNIX_TIMESTAMP(r.processed_at) - UNIX_TIMESTAMP(r.created_at)) * 1000) AS total_ms,
       MAX(r.created_at) AS last_request
  FROM (SELECT MIN(id) AS id
          FROM `ai_requests` FORCE INDEX (`idx_status_priority`)
         WHERE status IN ('pending', 'processing', 'completed', 'failed', 'timeout', 'cancelled')
           AND priority IN (
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
           AND created_at > NOW(3) - INTERVAL 1 DAY) AS first_one
       STRAIGHT_JOIN `ai_requests` r FORCE INDEX (PRIMARY) ON r.id >= first_one.id
 WHERE r.created_at > NOW(3) - INTERVAL 1 DAY
 GROUP BY r.source_npc;

-- What has waited for longer than a worker needs, and why, as far as the tables tell.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW `ai_v_stuck` AS
SELECT r.id, r.status, r.source_npc, r.created_at,
       ROUND(UNIX_TIMESTAMP(NOW(3)) - UNIX_TIMESTAMP(r.created_at), 3) AS age_seconds, r.attempts, r.error_code, r.claimed_by,
       CASE WHEN NOT EXISTS (SELECT 1 FROM `ai_workers` a WHERE a.heartbeat_at > NOW(3) - INTERVAL 10 SECOND)
              THEN 'no worker lives'
            WHEN r.status = 'processing' AND (w.heartbeat_at IS NULL OR w.heartbeat_at <= NOW(3) - INTERVAL 10 SECOND)
              THEN 'its worker is gone'
            WHEN r.expires_at <= NOW(3) THEN 'its life is over, and it could not be ended: is the row held?'
            WHEN r.available_at > NOW(3) THEN 'it is not to be served yet: is available_at in another time zone?'
            WHEN r.status = 'processing' THEN 'the AI service is slow'
            ELSE 'it waits for its turn, for the AI service, or for whoever holds its row' END AS reason
  FROM `ai_requests` r FORCE INDEX (`idx_status_priority`)
       LEFT JOIN `ai_workers` w ON w.id = r.claimed_by
 WHERE r.status IN ('pending', 'processing')
   AND (r.expires_at <= NOW(3) - INTERVAL 5 SECOND
        OR (r.status = 'pending' AND r.available_at <= NOW(3) - INTERVAL 10 SECOND)
        OR (r.status = 'pending' AND r.available_at > NOW(3) + INTERVAL 15 MINUTE)
        OR (r.status = 'processing' AND r.claimed_at <= NOW(3) - INTERVAL 10 SECOND));
