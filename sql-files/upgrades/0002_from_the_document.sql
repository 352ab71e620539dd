-- From version 1 (the three tables of the first document) to version 2. `ai-ipc migrate` runs this and then
-- ai_ipc_tables.sql, which adds what is new and writes the version. MySQL, which knows no IF [NOT] EXISTS for columns and
-- indexes, gets from migrate what is left to do (src/database/mysql-alter.ts).
-- A kill after any statement harms nothing: run again, each statement finds its work done, or does it.
-- What changes many rows at once stands between START TRANSACTION and COMMIT and is run again as a whole.

-- DATETIME says nothing of its time zone: expires_at was written in the server's own.
SET time_zone = @@GLOBAL.time_zone;
SET NAMES utf8mb4;
-- Strict, so that a value that does not fit stops its ALTER instead of being cut; but zero dates may stand until mended.
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET SESSION foreign_key_checks = 1;
-- One moment for all that follows: a request is overdue in every statement or in none.
SET @ai_ipc_now = NOW() /*!80003 , SESSION cte_max_recursion_depth = 4294967295 */;

-- A table that somebody dropped (the log, to save room) is made as the document had it, and then goes the same way.
CREATE TABLE IF NOT EXISTS `ai_requests` (
  `id` INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
  `request_type` VARCHAR(50) NOT NULL DEFAULT 'generic',
  `endpoint` VARCHAR(255) NOT NULL,
  `request_data` TEXT DEFAULT NULL,
  `priority` TINYINT(3) UNSIGNED NOT NULL DEFAULT 5,
  `timeout` INT(11) UNSIGNED NOT NULL DEFAULT 30,
  `status` ENUM('pending', 'processing', 'completed', 'failed', 'timeout', 'cancelled'),
  `created_at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `processed_at` TIMESTAMP NULL DEFAULT NULL,
  `expires_at` DATETIME NOT NULL,
  `source_npc` VARCHAR(100) DEFAULT NULL,
  `source_map` VARCHAR(30) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `idx_status_priority` (`status`, `priority`, `created_at`),
  KEY `idx_expires_at` (`expires_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `ai_responses` (
  `id` INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
  `request_id` INT(11) UNSIGNED NOT NULL,
  `response_data` TEXT DEFAULT NULL,
  `error_message` TEXT DEFAULT NULL,
  `processing_time_ms` INT(11) UNSIGNED DEFAULT NULL,
  `created_at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (`id`),
  KEY `idx_request_id` (`request_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `ai_request_log` (
  `id` BIGINT(20) UNSIGNED NOT NULL AUTO_INCREMENT,
  `request_id` INT(11) UNSIGNED NOT NULL,
  `event_type` VARCHAR(50) NOT NULL,
  `event_data` TEXT DEFAULT NULL,
  `created_at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (`id`),
  KEY `idx_request_id` (`request_id`),
  KEY `idx_event_type` (`event_type`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- The foreign key holds both columns to INT. It may have another name; it is made again, under ours, further down.
-- (KEY_COLUMN_USAGE, because REFERENTIAL_CONSTRAINTS is empty for a user with rights on single tables.)
SET @ai_ipc_sql = (
  SELECT CONCAT('ALTER TABLE `ai_responses` ',
                GROUP_CONCAT(DISTINCT CONCAT('DROP FOREIGN KEY `', REPLACE(CONSTRAINT_NAME, '`', '``'), '`') SEPARATOR ', '))
    FROM information_schema.KEY_COLUMN_USAGE
   WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ai_responses' AND REFERENCED_TABLE_NAME = 'ai_requests');
SET @ai_ipc_sql = COALESCE(@ai_ipc_sql, 'DO 0');
PREPARE ai_ipc_statement FROM @ai_ipc_sql;
EXECUTE ai_ipc_statement;
DEALLOCATE PREPARE ai_ipc_statement;

-- MyISAM has no transactions, and the moves below need them. (ENGINE=InnoDB alone would copy a table that has it.)
SET @ai_ipc_sql = (
  SELECT IF(ENGINE = 'InnoDB', 'DO 0', 'ALTER TABLE `ai_requests` ENGINE=InnoDB')
    FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ai_requests');
PREPARE ai_ipc_statement FROM @ai_ipc_sql;
EXECUTE ai_ipc_statement;
DEALLOCATE PREPARE ai_ipc_statement;
SET @ai_ipc_sql = (
  SELECT IF(ENGINE = 'InnoDB', 'DO 0', 'ALTER TABLE `ai_responses` ENGINE=InnoDB')
    FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ai_responses');
PREPARE ai_ipc_statement FROM @ai_ipc_sql;
EXECUTE ai_ipc_statement;
DEALLOCATE PREPARE ai_ipc_statement;
SET @ai_ipc_sql = (
  SELECT IF(ENGINE = 'InnoDB', 'DO 0', 'ALTER TABLE `ai_request_log` ENGINE=InnoDB')
    FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ai_request_log');
PREPARE ai_ipc_statement FROM @ai_ipc_sql;
EXECUTE ai_ipc_statement;
DEALLOCATE PREPARE ai_ipc_statement;

-- First the log: what moves there may be in characters that its old character set lacks.
ALTER TABLE `ai_request_log`
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci,
  MODIFY COLUMN `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  MODIFY COLUMN `request_id` BIGINT UNSIGNED NOT NULL,
  MODIFY COLUMN `event_type` VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL,
  MODIFY COLUMN `event_data` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci DEFAULT NULL,
  MODIFY COLUMN `created_at` TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  ADD INDEX IF NOT EXISTS `idx_request_id` (`request_id`),
  ADD INDEX IF NOT EXISTS `idx_event_type` (`event_type`);

-- What TIMESTAMP cannot hold: after 2038-01-19 03:14:07 UTC becomes that, before 1970 and the zero date become 1970, and
-- a local time that the clocks skipped in spring becomes the moment they went on.
UPDATE `ai_requests`
   SET `expires_at` = CASE
         WHEN `expires_at` > FROM_UNIXTIME(2147483647) THEN FROM_UNIXTIME(2147483647)
         WHEN COALESCE(UNIX_TIMESTAMP(`expires_at`), 0) < 1 THEN FROM_UNIXTIME(1)
         ELSE FROM_UNIXTIME(UNIX_TIMESTAMP(`expires_at`))
       END
 WHERE `expires_at` > FROM_UNIXTIME(2147483647)
    OR COALESCE(UNIX_TIMESTAMP(`expires_at`), 0) < 1
    OR NOT `expires_at` <=> FROM_UNIXTIME(UNIX_TIMESTAMP(`expires_at`));

-- At the end of the table, which is done at once; the ALTER below puts it in its place.
ALTER TABLE `ai_requests` ADD COLUMN IF NOT EXISTS `error_code` VARCHAR(50) DEFAULT NULL;

-- A NULL status was never served. Overdue: timeout, with the response and the log row that every timeout has.
START TRANSACTION;
INSERT INTO `ai_request_log` (`request_id`, `event_type`, `event_data`)
SELECT `id`, 'timeout', '{"attempt":0,"error_code":"expired"}'
  FROM `ai_requests` WHERE `status` IS NULL AND `expires_at` <= @ai_ipc_now;
INSERT INTO `ai_responses` (`request_id`, `error_message`)
SELECT q.`id`, 'The request had no status and was never served; its life had ended when the tables were upgraded.'
  FROM `ai_requests` q
 WHERE q.`status` IS NULL AND q.`expires_at` <= @ai_ipc_now
   AND NOT EXISTS (SELECT 1 FROM `ai_responses` r WHERE r.`request_id` = q.`id`);
UPDATE `ai_requests` SET `status` = 'timeout', `processed_at` = @ai_ipc_now, `error_code` = 'expired'
 WHERE `status` IS NULL AND `expires_at` <= @ai_ipc_now;
UPDATE `ai_requests` SET `status` = 'pending' WHERE `status` IS NULL;
COMMIT;

-- '' is what SQL outside strict mode made of a status that does not exist.
START TRANSACTION;
INSERT INTO `ai_request_log` (`request_id`, `event_type`, `event_data`)
SELECT `id`, 'failed', '{"attempt":0,"error_code":"bad_status"}' FROM `ai_requests` WHERE `status` = '';
INSERT INTO `ai_responses` (`request_id`, `error_message`)
SELECT q.`id`, 'The request was inserted with a status that does not exist. Leave the status out: it begins as pending.'
  FROM `ai_requests` q
 WHERE q.`status` = '' AND NOT EXISTS (SELECT 1 FROM `ai_responses` r WHERE r.`request_id` = q.`id`);
UPDATE `ai_requests` SET `status` = 'failed', `processed_at` = @ai_ipc_now, `error_code` = 'bad_status'
 WHERE `status` = '';
COMMIT;

-- The document's index; without it (somebody dropped it) the search for second responses takes hours.
ALTER TABLE `ai_responses` ADD INDEX IF NOT EXISTS `idx_request_id` (`request_id`);

-- All in one ALTER: the table is copied once.
ALTER TABLE `ai_requests`
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci,
  MODIFY COLUMN `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  MODIFY COLUMN `request_type` VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL DEFAULT 'generic',
  MODIFY COLUMN `endpoint` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL,
  MODIFY COLUMN `request_data` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci DEFAULT NULL,
  MODIFY COLUMN `priority` TINYINT UNSIGNED NOT NULL DEFAULT 5,
  MODIFY COLUMN `timeout` INT UNSIGNED NOT NULL DEFAULT 30,
  MODIFY COLUMN `status` ENUM('pending', 'processing', 'completed', 'failed', 'timeout', 'cancelled')
    CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL DEFAULT 'pending',
  MODIFY COLUMN `created_at` TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  MODIFY COLUMN `processed_at` TIMESTAMP(3) NULL DEFAULT NULL,
  MODIFY COLUMN `expires_at` TIMESTAMP(3) NOT NULL DEFAULT (FROM_UNIXTIME(UNIX_TIMESTAMP(CURRENT_TIMESTAMP(3)) + 30)),
  MODIFY COLUMN `source_npc` VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci DEFAULT NULL,
  MODIFY COLUMN `source_map` VARCHAR(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci DEFAULT NULL,
  ADD COLUMN IF NOT EXISTS `attempts` INT UNSIGNED NOT NULL DEFAULT 0 AFTER `source_map`,
  ADD COLUMN IF NOT EXISTS `max_attempts` INT UNSIGNED DEFAULT NULL AFTER `attempts`,
  ADD COLUMN IF NOT EXISTS `available_at` TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) AFTER `max_attempts`,
  ADD COLUMN IF NOT EXISTS `claimed_by` VARCHAR(150) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci DEFAULT NULL
    AFTER `available_at`,
  ADD COLUMN IF NOT EXISTS `claim_no` INT UNSIGNED NOT NULL DEFAULT 0 AFTER `claimed_by`,
  ADD COLUMN IF NOT EXISTS `claimed_at` TIMESTAMP(3) NULL DEFAULT NULL AFTER `claim_no`,
  MODIFY COLUMN `error_code` VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci DEFAULT NULL
    AFTER `claimed_at`,
  ADD INDEX IF NOT EXISTS `idx_status_priority` (`status`, `priority`, `created_at`),
  DROP INDEX IF EXISTS `idx_expires_at`,
  ADD INDEX `idx_expires_at` (`status`, `expires_at`);

-- From now on a request has one response, and a response has its request. What is over moves to the log, whole: of
-- several responses the one with the smallest id stays, since that is the one that an unordered SELECT … LIMIT 1 by
-- idx_request_id read. event_data is TEXT: 8,000 characters need at most 48,000 bytes as JSON, so a longer text goes
-- into as many rows as it takes (part 1 of parts, 2 of parts, …).
START TRANSACTION;
INSERT INTO `ai_request_log` (`request_id`, `event_type`, `event_data`)
WITH RECURSIVE
  surplus AS (
    SELECT r.*, IF(q.`id` IS NULL, 'orphan_response', 'duplicate_response') AS `reason`,
           GREATEST(1, CEIL(COALESCE(CHAR_LENGTH(r.`response_data`), 0) / 8000),
                       CEIL(COALESCE(CHAR_LENGTH(r.`error_message`), 0) / 8000)) AS `parts`
      FROM `ai_responses` r LEFT JOIN `ai_requests` q ON q.`id` = r.`request_id`
     WHERE q.`id` IS NULL
        OR EXISTS (SELECT 1 FROM `ai_responses` f WHERE f.`request_id` = r.`request_id` AND f.`id` < r.`id`)),
  numbers (`part`) AS (
    SELECT 1 UNION ALL SELECT `part` + 1 FROM numbers WHERE `part` < (SELECT MAX(`parts`) FROM surplus))
-- STRAIGHT_JOIN: left to itself, the server walked all responses once for each number (10 minutes for a million).
SELECT STRAIGHT_JOIN s.`request_id`, s.`reason`,
       JSON_OBJECT('response_id', s.`id`, 'part', n.`part`, 'parts', s.`parts`,
                   'response_data', SUBSTRING(CONVERT(s.`response_data` USING utf8mb4), n.`part` * 8000 - 7999, 8000),
                   'error_message', SUBSTRING(CONVERT(s.`error_message` USING utf8mb4), n.`part` * 8000 - 7999, 8000),
                   'processing_time_ms', s.`processing_time_ms`,
                   'created_at_unix', UNIX_TIMESTAMP(s.`created_at`))
  FROM surplus s JOIN numbers n ON n.`part` <= s.`parts`
 ORDER BY s.`id`, n.`part`;
DELETE r FROM `ai_responses` r LEFT JOIN `ai_requests` q ON q.`id` = r.`request_id` WHERE q.`id` IS NULL;
DELETE r FROM `ai_responses` r JOIN `ai_responses` f ON f.`request_id` = r.`request_id` AND f.`id` < r.`id`;
COMMIT;

ALTER TABLE `ai_responses`
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci,
  MODIFY COLUMN `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  MODIFY COLUMN `request_id` BIGINT UNSIGNED NOT NULL,
  MODIFY COLUMN `response_data` MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci DEFAULT NULL,
  MODIFY COLUMN `error_message` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci DEFAULT NULL,
  MODIFY COLUMN `processing_time_ms` INT UNSIGNED DEFAULT NULL,
  MODIFY COLUMN `created_at` TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  DROP INDEX IF EXISTS `idx_request_id`,
  ADD UNIQUE INDEX `idx_request_id` (`request_id`),
  ADD CONSTRAINT `fk_ai_responses_request_id`
    FOREIGN KEY (`request_id`) REFERENCES `ai_requests` (`id`) ON DELETE CASCADE;
