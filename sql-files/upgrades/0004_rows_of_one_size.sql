-- From version 3 to version 4: what a claim and an answer write fits into the row that is there (ai_ipc_tables.sql says
-- why). `ai-ipc migrate` runs this and then ai_ipc_tables.sql, which writes the version; a kill in between harms nothing.

-- Strict, so that a value or a row that does not fit stops the ALTER instead of some later INSERT.
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION' /*M!, innodb_strict_mode = 1 */;

-- A worker's name is ASCII from now on, and of 81 characters: other letters become `?`, as the worker does it.
UPDATE `ai_requests` SET `claimed_by` = LEFT(REGEXP_REPLACE(`claimed_by`, '[^ -~]', '?'), 81)
 WHERE `claimed_by` REGEXP '[^ -~]' OR CHAR_LENGTH(`claimed_by`) > 81;

-- Where the server refuses this row format (for an index on long texts, many columns, compression), migrate runs it
-- without. Run again on a table that is so already, it copies nothing.
ALTER TABLE `ai_requests`
  MODIFY COLUMN `claimed_by` CHAR(81) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  ROW_FORMAT=REDUNDANT;
