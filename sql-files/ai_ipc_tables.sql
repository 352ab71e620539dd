-- AI IPC: the whole present schema (version 5), for MariaDB 10.3 or later and MySQL 8.0.13 or later.
-- Load it as often as you like: it creates what is missing and changes no table that is there.
--   sudo mariadb ragnarok < sql-files/ai_ipc_tables.sql
-- A database made from an older schema is brought up to date by `ai-ipc migrate`, not by this file.

-- The procedure and the event keep the sql_mode they were made with: it must not be whatever the session has. And the row
-- format of ai_requests does not go with compressed pages.
SET @ai_ipc_sql_mode = @@SESSION.sql_mode /*M!, @ai_ipc_compression = @@SESSION.innodb_compression_default */;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION' /*M!, innodb_compression_default = OFF */;

CREATE TABLE IF NOT EXISTS `ai_requests` (
  `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  `request_type` VARCHAR(50) NOT NULL DEFAULT 'generic',
  `endpoint` VARCHAR(255) NOT NULL,
  `request_data` TEXT DEFAULT NULL,
  `priority` TINYINT UNSIGNED NOT NULL DEFAULT 5,
  `timeout` INT UNSIGNED NOT NULL DEFAULT 30,
  `status` ENUM('pending', 'processing', 'completed', 'failed', 'timeout', 'cancelled') NOT NULL DEFAULT 'pending',
  `created_at` TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  `processed_at` TIMESTAMP(3) NULL DEFAULT NULL,
  -- 30 seconds from now, by way of UNIX time: local time + 30 s does not exist just before summer time begins.
  `expires_at` TIMESTAMP(3) NOT NULL DEFAULT (FROM_UNIXTIME(UNIX_TIMESTAMP(CURRENT_TIMESTAMP(3)) + 30)),
  `source_npc` VARCHAR(100) DEFAULT NULL,
  `source_map` VARCHAR(30) DEFAULT NULL,
  `attempts` INT UNSIGNED NOT NULL DEFAULT 0,
  `max_attempts` INT UNSIGNED DEFAULT NULL,
  `available_at` TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  `claimed_by` CHAR(81) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `claim_no` INT UNSIGNED NOT NULL DEFAULT 0,
  `claimed_at` TIMESTAMP(3) NULL DEFAULT NULL,
  `error_code` VARCHAR(50) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `idx_status_priority` (`status`, `priority`, `created_at`),
  KEY `idx_expires_at` (`status`, `expires_at`)
  -- REDUNDANT keeps the room of a NULL: what a claim and an answer write then fits into the row that is there. Rows that
  -- grow are moved, and pages with them: that was 6,700 bytes of InnoDB's log a request, and this is 1,200.
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci ROW_FORMAT=REDUNDANT;

CREATE TABLE IF NOT EXISTS `ai_responses` (
  `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  `request_id` BIGINT UNSIGNED NOT NULL,
  `response_data` MEDIUMTEXT DEFAULT NULL,
  `error_message` TEXT DEFAULT NULL,
  `processing_time_ms` INT UNSIGNED DEFAULT NULL,
  `created_at` TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (`id`),
  UNIQUE KEY `idx_request_id` (`request_id`),
  CONSTRAINT `fk_ai_responses_request_id`
    FOREIGN KEY (`request_id`) REFERENCES `ai_requests` (`id`)
    ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS `ai_request_log` (
  `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  `request_id` BIGINT UNSIGNED NOT NULL,
  `event_type` VARCHAR(50) NOT NULL,
  `event_data` TEXT DEFAULT NULL,
  `created_at` TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (`id`),
  KEY `idx_request_id` (`request_id`),
  KEY `idx_event_type` (`event_type`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS `ai_workers` (
  `id` VARCHAR(150) NOT NULL,
  `host` VARCHAR(100) NOT NULL,
  `pid` INT UNSIGNED NOT NULL,
  `version` VARCHAR(30) NOT NULL,
  `started_at` TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  `heartbeat_at` TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  `in_flight` INT UNSIGNED NOT NULL DEFAULT 0,
  `doorbell` VARCHAR(100) DEFAULT NULL,
  `timeout_seconds` INT UNSIGNED NOT NULL DEFAULT 30,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS `ai_ipc_meta` (
  `name` VARCHAR(50) NOT NULL,
  `value` VARCHAR(255) NOT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

-- What NPCs remember of players. kind: a turn in full; the summary of older ones; a folded turn, which is in the summary
-- and of which what the player said stays, to be found again. Ids are compared byte by byte, blanks at the end too:
-- 'Bob', 'bob' and 'Bob ' are three players.
CREATE TABLE IF NOT EXISTS `ai_npc_memory` (
  `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  `npc_id` VARCHAR(200) CHARACTER SET utf8mb4 /*M! COLLATE utf8mb4_nopad_bin */ /*!80017 COLLATE utf8mb4_0900_bin */ NOT NULL,
  `player_id` VARCHAR(200) CHARACTER SET utf8mb4 /*M! COLLATE utf8mb4_nopad_bin */ /*!80017 COLLATE utf8mb4_0900_bin */ NOT NULL,
  -- In this order: who remembers locks the turns first, and then reads the summary as it is by then.
  `kind` ENUM('turn', 'summary', 'folded') NOT NULL DEFAULT 'turn',
  `turns` INT UNSIGNED NOT NULL DEFAULT 1,
  `said` TEXT DEFAULT NULL,
  `answered` TEXT DEFAULT NULL,
  `turn_key` CHAR(64) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `updated_at` TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (`id`),
  UNIQUE KEY `idx_turn_key` (`turn_key`),
  KEY `idx_memory_owner` (`player_id`, `npc_id`, `kind`),
  KEY `idx_memory_age` (`kind`, `updated_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci ROW_FORMAT=DYNAMIC;

-- By which words the lines of ai_npc_memory are found again, of kind folded: their ids. owner: the number of an NPC and a
-- player, made of both their ids. word: the number of a part of the line.
CREATE TABLE IF NOT EXISTS `ai_npc_words` (
  `owner` BIGINT UNSIGNED NOT NULL,
  `word` INT UNSIGNED NOT NULL,
  `turn` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`owner`, `word`, `turn`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci ROW_FORMAT=DYNAMIC;

-- How many tokens of a model each player has used on his last day (UTC).
CREATE TABLE IF NOT EXISTS `ai_npc_budget` (
  `player_id` VARCHAR(200) CHARACTER SET utf8mb4 /*M! COLLATE utf8mb4_nopad_bin */ /*!80017 COLLATE utf8mb4_0900_bin */ NOT NULL,
  `day` DATE NOT NULL,
  `tokens` BIGINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (`player_id`),
  KEY `idx_budget_day` (`day`, `tokens`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci ROW_FORMAT=DYNAMIC;

-- Made once: the name of this queue, since ids repeat across databases.
INSERT INTO `ai_ipc_meta` (`name`, `value`) VALUES ('queue_id', UUID()) ON DUPLICATE KEY UPDATE `name` = `name`;

-- CALL sp_ai_cleanup_old_requests(7): overdue requests end as timeout, requests that ended more than 7 days ago are
-- deleted (their responses go with them), and so are log rows older than 30 days. One row tells how many requests went.
-- It works in transactions of 500 rows, by primary key, and commits each: whoever calls it has his own one committed.
-- No setting of the session (for the event: of the server) changes what it does, and it leaves them as they were.
-- MySQL knows no OR REPLACE, and MariaDB keeps the rights on the procedure with it: hence the two kinds of comments.
-- `ai-ipc migrate` leaves a procedure with the same COMMENT as it is: each change of it gets another edition.
/*!80000 DROP PROCEDURE IF EXISTS `sp_ai_cleanup_old_requests` */;

DELIMITER //

CREATE /*M! OR REPLACE */ PROCEDURE `sp_ai_cleanup_old_requests`(IN `days` INT)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
  COMMENT 'AI IPC, edition 7: expires overdue requests and deletes those that ended so many days ago'
BEGIN
  -- In the character set of a database in utf16, no server knows the name of a time zone.
  DECLARE v_time_zone VARCHAR(64) CHARACTER SET utf8mb4 DEFAULT @@SESSION.time_zone;
  DECLARE v_autocommit, v_foreign_key_checks, v_unique_checks, v_big_selects, v_safe_updates BOOLEAN;
  DECLARE v_lock_wait INT DEFAULT @@SESSION.innodb_lock_wait_timeout;
  DECLARE v_cutoff DATETIME(3);
  DECLARE v_deleted INT UNSIGNED DEFAULT 0;
  DECLARE v_log_deleted INT UNSIGNED DEFAULT 0;
  DECLARE v_rows, v_ended INT UNSIGNED;
  DECLARE v_changed INT;
  DECLARE v_id BIGINT UNSIGNED;
  DECLARE v_free, v_responses INT DEFAULT 1;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK AND NO CHAIN NO RELEASE;
    SET SESSION time_zone = v_time_zone, autocommit = v_autocommit, foreign_key_checks = v_foreign_key_checks,
                unique_checks = v_unique_checks, sql_big_selects = v_big_selects, sql_safe_updates = v_safe_updates,
                innodb_lock_wait_timeout = v_lock_wait;
    RESIGNAL;
  END;

  SELECT @@SESSION.autocommit, @@SESSION.foreign_key_checks, @@SESSION.unique_checks, @@SESSION.sql_big_selects,
         @@SESSION.sql_safe_updates
    INTO v_autocommit, v_foreign_key_checks, v_unique_checks, v_big_selects, v_safe_updates;
  -- In a transaction the isolation cannot be set (1568), and with autocommit off each SELECT begins one. Without checks no
  -- response goes with its request. In a zone with summer time, an hour a year comes twice and local times compare wrongly.
  COMMIT AND NO CHAIN NO RELEASE;
  SET SESSION time_zone = '+00:00', autocommit = 1, foreign_key_checks = 1, unique_checks = 1, sql_big_selects = 1,
              sql_safe_updates = 0;

  -- 0 is refused and not taken as "all": it would delete answers that scripts are about to read.
  IF days IS NULL OR days < 1 THEN
    SIGNAL SQLSTATE '45000'
      SET MESSAGE_TEXT = 'days must be 1 or more: younger answers may still be read. For less, use `ai-ipc cleanup`.';
  END IF;
  IF COALESCE((SELECT `value` + 0 FROM `ai_ipc_meta` WHERE `name` = 'schema_version'), 0) < 2 THEN
    SIGNAL SQLSTATE '45000'
      SET MESSAGE_TEXT = 'These tables are older than this procedure. Run `ai-ipc migrate`.';
  END IF;

  -- A row that somebody's open transaction holds is left for the next run (1205), and waited for 0 s. On MySQL the shortest
  -- wait is 1 s, so there each row is looked for before, with SKIP LOCKED: where fewer come than there are, one is held.
  SET SESSION innodb_lock_wait_timeout = 1 /*M! - 1 */;

  REPEAT
    SET v_rows = 0, v_ended = 0;
    BEGIN
      DECLARE v_attempts INT UNSIGNED;
      DECLARE v_life_seconds BIGINT;
      DECLARE v_last_error VARCHAR(50) CHARACTER SET utf8mb4;
      DECLARE v_is_done BOOLEAN DEFAULT FALSE;
      -- A call under way is ended by its own worker, which knows how long it took: hence one second of grace.
      DECLARE overdue CURSOR FOR
        (SELECT id, attempts, error_code, ROUND(UNIX_TIMESTAMP(expires_at) - UNIX_TIMESTAMP(created_at))
           FROM `ai_requests` FORCE INDEX (`idx_expires_at`)
          WHERE status = 'pending' AND expires_at <= NOW(3)
          LIMIT 500)
        UNION ALL
        (SELECT id, attempts, error_code, ROUND(UNIX_TIMESTAMP(expires_at) - UNIX_TIMESTAMP(created_at))
           FROM `ai_requests` FORCE INDEX (`idx_expires_at`)
          WHERE status = 'processing' AND expires_at <= NOW(3) - INTERVAL 1 SECOND
          LIMIT 500)
        ORDER BY 1;
      DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_is_done = TRUE;

      SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
      START TRANSACTION READ WRITE;
      OPEN overdue;
      overdue_rows: LOOP
        FETCH overdue INTO v_id, v_attempts, v_last_error, v_life_seconds;
        IF v_is_done THEN
          LEAVE overdue_rows;
        END IF;
        SET v_rows = v_rows + 1;
        -- Each statement that writes names its index: in a short table another one, or none, looks as cheap, and waits for
        -- rows that others hold.
        SET v_changed = 0;
        BEGIN
          -- Where it ended the transaction too (innodb_rollback_on_timeout), the next rows want one of their own.
          DECLARE EXIT HANDLER FOR 1205 START TRANSACTION READ WRITE;
          /*!80001 SELECT COUNT(*) INTO v_free FROM `ai_requests` FORCE INDEX (PRIMARY) WHERE id = v_id FOR UPDATE SKIP LOCKED; */
          -- One that was put back to pending has its old response, which the new one overwrites.
          SELECT COUNT(*) INTO v_responses
            FROM `ai_responses` FORCE INDEX (`idx_request_id`)
           WHERE request_id = v_id /*M! FOR UPDATE */;
          /*!80001 SELECT v_free AND COUNT(*) = v_responses INTO v_free FROM `ai_responses` FORCE INDEX (`idx_request_id`) WHERE request_id = v_id FOR UPDATE SKIP LOCKED; */
          UPDATE `ai_requests` FORCE INDEX (PRIMARY)
             SET status = 'timeout', processed_at = NOW(3), error_code = 'expired'
           WHERE v_free AND id = v_id AND status IN ('pending', 'processing') AND expires_at <= NOW(3);
          SET v_changed = ROW_COUNT();
        END;
        IF v_changed > 0 THEN
          SET v_ended = v_ended + 1;
          INSERT INTO `ai_responses` (request_id, response_data, error_message, processing_time_ms)
          VALUES (v_id, NULL,
                  CONCAT('The life of the request (', v_life_seconds, ' s) ended before it was answered: ',
                         CASE v_attempts
                           WHEN 0 THEN 'no attempt had begun'
                           WHEN 1 THEN '1 attempt had begun'
                           ELSE CONCAT(v_attempts, ' attempts had begun')
                         END,
                         COALESCE(CONCAT(', the last one ended with ', v_last_error), ''), '.'),
                  -- Of the last call that was made for it, in an attempt that failed.
                  -- (No JSON function: on text that is no JSON they are errors, here on MariaDB, too.)
                  (SELECT LEAST(CAST(NULLIF(TRIM(TRAILING '}' FROM TRIM(TRAILING ',' FROM SUBSTRING(
                            REGEXP_SUBSTR(LEFT(event_data, 500), '"ms":[0-9]{1,10}[,}]'), 6))), '') AS UNSIGNED),
                                4294967295)
                     FROM `ai_request_log` FORCE INDEX (`idx_request_id`)
                    WHERE request_id = v_id AND event_type = 'retried'
                    ORDER BY id DESC
                    LIMIT 1))
              ON DUPLICATE KEY UPDATE response_data = NULL, error_message = VALUES(error_message),
                 processing_time_ms = VALUES(processing_time_ms), created_at = NOW(3);
          -- JSON_OBJECT would put a variable's number in quotes.
          INSERT INTO `ai_request_log` (request_id, event_type, event_data)
          SELECT v_id, 'timeout',
                 CONCAT('{"attempt":', v_attempts, ',"error_code":"expired"',
                        COALESCE(CONCAT(',"unreadable_log_row":', MAX(id)), ''), '}')
            FROM `ai_request_log` FORCE INDEX (`idx_request_id`)
           WHERE request_id = v_id AND event_type = 'retried'
             -- Beyond a depth of 100, MySQL's JSON_VALID is an error, too (3157).
             AND COALESCE(CASE WHEN CHAR_LENGTH(event_data) -
                                    CHAR_LENGTH(REPLACE(REPLACE(event_data, '[', ''), '{', '')) < 100
                               THEN JSON_VALID(event_data) END, 0) = 0;
        END IF;
      END LOOP;
      CLOSE overdue;
      COMMIT AND NO CHAIN NO RELEASE;
    END;
  UNTIL v_rows < 500 OR v_ended = 0 END REPEAT;

  -- Along idx_status_priority, one status and priority after the other: rows that are too young are never read.
  -- 100 years: a longer span would reach before the first day that DATETIME knows.
  SET v_cutoff = NOW(3) - INTERVAL LEAST(days, 36500) DAY;
  BEGIN
    DECLARE v_status VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
    DECLARE v_priority TINYINT UNSIGNED;
    DECLARE v_created_at, v_after DATETIME(3);
    DECLARE v_after_id BIGINT UNSIGNED;
    DECLARE v_has_no_more BOOLEAN DEFAULT FALSE;
    DECLARE ended_groups CURSOR FOR
      SELECT status, priority
        FROM `ai_requests` FORCE INDEX (`idx_status_priority`)
       WHERE status IN ('completed', 'failed', 'timeout', 'cancelled')
       GROUP BY status, priority;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_has_no_more = TRUE;

    OPEN ended_groups;
    each_group: LOOP
      FETCH ended_groups INTO v_status, v_priority;
      IF v_has_no_more THEN
        LEAVE each_group;
      END IF;
      SET v_after = '0001-01-01', v_after_id = 0;
      REPEAT
        SET v_rows = 0;
        BEGIN
          DECLARE v_is_done BOOLEAN DEFAULT FALSE;
          -- From where the last chunk ended: what it deleted is not walked over again while a backup keeps it alive.
          DECLARE old_requests CURSOR FOR
            SELECT id, created_at
              FROM `ai_requests` FORCE INDEX (`idx_status_priority`)
             WHERE status = v_status AND priority = v_priority
               AND created_at >= v_after AND created_at < v_cutoff AND (created_at > v_after OR id > v_after_id)
               AND COALESCE(processed_at, created_at) < v_cutoff
             ORDER BY created_at, id
             LIMIT 500;
          DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_is_done = TRUE;
          DECLARE CONTINUE HANDLER FOR 1205 START TRANSACTION READ WRITE;

          SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
          START TRANSACTION READ WRITE;
          OPEN old_requests;
          old_rows: LOOP
            FETCH old_requests INTO v_id, v_created_at;
            IF v_is_done THEN
              LEAVE old_rows;
            END IF;
            SET v_rows = v_rows + 1, v_after = v_created_at, v_after_id = v_id;
            /*!80001 SELECT COUNT(*) INTO v_free FROM `ai_requests` FORCE INDEX (PRIMARY) WHERE id = v_id FOR UPDATE SKIP LOCKED;
            SELECT COUNT(*) INTO v_responses FROM `ai_responses` FORCE INDEX (`idx_request_id`) WHERE request_id = v_id;
            SELECT v_free AND COUNT(*) = v_responses INTO v_free FROM `ai_responses` FORCE INDEX (`idx_request_id`) WHERE request_id = v_id FOR UPDATE SKIP LOCKED; */
            -- In the form for several tables, since the other takes no index.
            DELETE `ai_requests` FROM `ai_requests` FORCE INDEX (PRIMARY)
             WHERE v_free AND id = v_id AND status = v_status AND COALESCE(processed_at, created_at) < v_cutoff;
            SET v_deleted = v_deleted + GREATEST(ROW_COUNT(), 0);
          END LOOP;
          CLOSE old_requests;
          COMMIT AND NO CHAIN NO RELEASE;
        END;
      UNTIL v_rows < 500 END REPEAT;
    END LOOP;
    CLOSE ended_groups;
  END;

  -- Log rows are made in the order of their ids: 1,000 without an old one among them end the walk.
  SET v_cutoff = NOW(3) - INTERVAL 30 DAY;
  BEGIN
    DECLARE v_low_id, v_high_id BIGINT UNSIGNED DEFAULT 0;
    log_rows: LOOP
      SELECT MAX(id), COALESCE(SUM(created_at < v_cutoff), 0) INTO v_high_id, v_rows
        FROM (SELECT id, created_at FROM `ai_request_log` WHERE id > v_low_id ORDER BY id LIMIT 1000) AS next_rows;
      IF v_rows = 0 THEN
        LEAVE log_rows;
      END IF;
      SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
      START TRANSACTION READ WRITE;
      SET v_free = 1, v_changed = -1;
      /*!80001 SELECT COUNT(*) = v_rows INTO v_free FROM `ai_request_log` FORCE INDEX (PRIMARY) WHERE id > v_low_id AND id <= v_high_id AND created_at < v_cutoff FOR UPDATE SKIP LOCKED; */
      IF v_free THEN
        BEGIN
          DECLARE EXIT HANDLER FOR 1205 START TRANSACTION READ WRITE;
          DELETE `ai_request_log` FROM `ai_request_log` FORCE INDEX (PRIMARY)
           WHERE id > v_low_id AND id <= v_high_id AND created_at < v_cutoff;
          SET v_changed = ROW_COUNT();
        END;
      END IF;
      SET v_log_deleted = v_log_deleted + GREATEST(v_changed, 0);
      -- Somebody holds one of them: the others go one by one.
      IF v_changed < 0 THEN
        BEGIN
          DECLARE v_is_done BOOLEAN DEFAULT FALSE;
          DECLARE old_log_rows CURSOR FOR
            SELECT id FROM `ai_request_log` WHERE id > v_low_id AND id <= v_high_id AND created_at < v_cutoff;
          DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_is_done = TRUE;
          OPEN old_log_rows;
          each_log_row: LOOP
            FETCH old_log_rows INTO v_id;
            IF v_is_done THEN
              LEAVE each_log_row;
            END IF;
            BEGIN
              DECLARE EXIT HANDLER FOR 1205 START TRANSACTION READ WRITE;
              /*!80001 SELECT COUNT(*) INTO v_free FROM `ai_request_log` FORCE INDEX (PRIMARY) WHERE id = v_id FOR UPDATE SKIP LOCKED; */
              DELETE `ai_request_log` FROM `ai_request_log` FORCE INDEX (PRIMARY)
               WHERE v_free AND id = v_id AND created_at < v_cutoff;
              SET v_log_deleted = v_log_deleted + GREATEST(ROW_COUNT(), 0);
            END;
          END LOOP;
          CLOSE old_log_rows;
        END;
      END IF;
      COMMIT AND NO CHAIN NO RELEASE;
      SET v_low_id = v_high_id;
    END LOOP;
  END;

  IF v_deleted + v_log_deleted > 0 THEN
    START TRANSACTION READ WRITE;
    INSERT INTO `ai_request_log` (request_id, event_type, event_data)
    VALUES (0, 'cleaned', CONCAT('{"deleted":', v_deleted, ',"log_rows":', v_log_deleted, '}'));
    COMMIT AND NO CHAIN NO RELEASE;
  END IF;
  SET SESSION time_zone = v_time_zone, autocommit = v_autocommit, foreign_key_checks = v_foreign_key_checks,
              unique_checks = v_unique_checks, sql_big_selects = v_big_selects, sql_safe_updates = v_safe_updates,
              innodb_lock_wait_timeout = v_lock_wait;
  SELECT v_deleted AS deleted;
END//

DELIMITER ;

-- The version is written when all is there that must be: a load that stopped further up leaves none. And only when these
-- columns are really there: over an older schema, the statements above left its tables as they were.
-- (src/database/check-schema.ts looks for the same columns.)
INSERT INTO `ai_ipc_meta` (`name`, `value`)
SELECT 'schema_version', '5' FROM DUAL
 WHERE 20 = (
         SELECT COUNT(*)
           FROM information_schema.COLUMNS
          WHERE TABLE_SCHEMA = DATABASE()
            AND CONCAT_WS(' ', TABLE_NAME, COLUMN_NAME, DATA_TYPE, IS_NULLABLE) IN (
                  'ai_requests id bigint NO',
                  'ai_requests status enum NO',
                  'ai_requests expires_at timestamp NO',
                  'ai_requests attempts int NO',
                  'ai_requests max_attempts int YES',
                  'ai_requests available_at timestamp NO',
                  'ai_requests claimed_by char YES',
                  'ai_requests claim_no int NO',
                  'ai_requests claimed_at timestamp YES',
                  'ai_requests error_code varchar YES',
                  'ai_responses id bigint NO',
                  'ai_responses request_id bigint NO',
                  'ai_responses response_data mediumtext YES',
                  'ai_request_log request_id bigint NO',
                  'ai_workers id varchar NO',
                  'ai_ipc_meta name varchar NO',
                  'ai_npc_memory player_id varchar NO',
                  'ai_npc_memory turn_key char YES',
                  'ai_npc_budget tokens bigint NO',
                  'ai_npc_words turn bigint NO'))
   AND EXISTS (
         SELECT 1
           FROM information_schema.STATISTICS
          WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ai_responses' AND COLUMN_NAME = 'request_id'
            AND NON_UNIQUE = 0)
    ON DUPLICATE KEY UPDATE `value` = IF(`value` + 0 < 5, '5', `value`);

-- Once a day, with 7 days. Your own schedule stays (ALTER EVENT … ON SCHEDULE EVERY 6 HOUR); DISABLE it rather than drop
-- it. It runs while event_scheduler is ON; the worker cleans up too, so nothing depends on it: where this last statement is
-- refused (no right EVENT, or event_scheduler=DISABLED: 1577), all the rest is there.
CREATE EVENT IF NOT EXISTS `evt_ai_cleanup_old_requests`
  ON SCHEDULE EVERY 1 DAY
  COMMENT 'AI IPC: deletes requests that ended more than 7 days ago'
  DO CALL sp_ai_cleanup_old_requests(7);

SET SESSION sql_mode = @ai_ipc_sql_mode /*M!, innodb_compression_default = @ai_ipc_compression */;
