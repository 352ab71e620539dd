-- From version 4 to version 5: what players said is found again by its words. Nothing that was there is changed. `ai-ipc
-- migrate` runs this and then ai_ipc_tables.sql, which writes the version; a kill in between harms nothing.

-- By which words the lines of ai_npc_memory are found again, of kind folded: their ids. owner: the number of an NPC and a
-- player, made of both their ids. word: the number of a part of the line.
CREATE TABLE IF NOT EXISTS `ai_npc_words` (
  `owner` BIGINT UNSIGNED NOT NULL,
  `word` INT UNSIGNED NOT NULL,
  `turn` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`owner`, `word`, `turn`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci ROW_FORMAT=DYNAMIC;

-- Where the table was lost, the AI service fills it anew.
DELETE FROM `ai_ipc_meta` WHERE `name` = 'npc_words';
