-- From version 3 to version 4: what a claim and an answer write fits into the row that is there (ai_ipc_tables.sql says
-- why). `ai-ipc migrate` runs this and then ai_ipc_tables.sql, which writes the version; a kill in between harms nothing.

-- A worker's name is ASCII from now on, and of 80 characters: other letters become `?`, as the worker does it.
UPDATE `ai_requests` SET `claimed_by` = LEFT(REGEXP_REPLACE(`claimed_by`, '[^ -~]', '?'), 80)
 WHERE `claimed_by` REGEXP '[^ -~]' OR CHAR_LENGTH(`claimed_by`) > 80;

-- Copied once: not when an upgrade from version 1 has just done it, or this one was cut short.
SET @ai_ipc_sql = (
  SELECT IF(t.ROW_FORMAT = 'Redundant' AND c.DATA_TYPE = 'char', 'DO 0',
            'ALTER TABLE `ai_requests` MODIFY COLUMN `claimed_by` CHAR(80) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL, ROW_FORMAT=REDUNDANT')
    FROM information_schema.TABLES t
         JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
   WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME = 'ai_requests' AND c.COLUMN_NAME = 'claimed_by');
PREPARE ai_ipc_change FROM @ai_ipc_sql;
EXECUTE ai_ipc_change;
DEALLOCATE PREPARE ai_ipc_change;
