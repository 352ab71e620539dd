-- From version 2 to version 3: the memory of NPCs, and what players have used of their budget. Nothing that was there is
-- changed. `ai-ipc migrate` runs this and then ai_ipc_tables.sql, which writes the version; a kill in between harms nothing.

-- What NPCs remember of players. kind: a turn in full; the summary of older ones; a folded turn, which is in the summary
-- and stays a day without its words, so that its key is remembered. Ids are compared byte by byte, blanks at the end too:
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

-- How many tokens of a model each player has used on his last day (UTC).
CREATE TABLE IF NOT EXISTS `ai_npc_budget` (
  `player_id` VARCHAR(200) CHARACTER SET utf8mb4 /*M! COLLATE utf8mb4_nopad_bin */ /*!80017 COLLATE utf8mb4_0900_bin */ NOT NULL,
  `day` DATE NOT NULL,
  `tokens` BIGINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (`player_id`),
  KEY `idx_budget_day` (`day`, `tokens`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci ROW_FORMAT=DYNAMIC;
