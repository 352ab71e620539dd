/** The statements of what players said in folded turns, and of the words by which it is found again. */
export interface WordStatements {
  /** rows of: owner, word, turn. What is there already is left as it is. */
  readonly insertWords: string;
  /** Of one word: owner, word, limit → word, turn: the newest turns. Many are asked for at once, with UNION ALL between them. */
  readonly findWord: string;
  /** owner, words → word, turn: all turns, where there are no more than are asked for of one word */
  readonly findWords: string;
  /** ids, player id, npc id → id, said */
  readonly linesOfBoth: string;
  /** owner, limit → word, in the order of words; locked */
  readonly lockWords: string;
  /** owner, the last word that goes */
  readonly deleteWordsTo: string;
  /** owner */
  readonly deleteWordsOf: string;
  /** owner, word, turn */
  readonly deleteWord: string;
  /** player id, npc id, how many are newer → id: the newest line that is too many */
  readonly findSurplus: string;
  /** player id, npc id, id, limit → id, said: that line and older ones; locked */
  readonly lockSurplus: string;
  /** → value: `complete`, where all lines have their words */
  readonly readWordState: string;
  readonly setWordState: string;
  /** after id, limit → id, npc_id, player_id, said, of all lines in the order of ids; locked */
  readonly lockLines: string;
}

/** Names its index, for the reason given in statements.ts. */
export const mariadbWordStatements: WordStatements = {
  insertWords: `
    INSERT INTO ai_npc_words (owner, word, turn) VALUES :rows
        ON DUPLICATE KEY UPDATE turn = VALUES(turn)`,
  // As rows: GROUP_CONCAT over each of them took the server two thirds more CPU.
  findWord: `
    (SELECT word, turn FROM ai_npc_words FORCE INDEX (PRIMARY)
      WHERE owner = ? AND word = ? ORDER BY turn DESC LIMIT ?)`,
  findWords: 'SELECT word, turn FROM ai_npc_words FORCE INDEX (PRIMARY) WHERE owner = ? AND word IN (?)',
  linesOfBoth: `
    SELECT id, said FROM ai_npc_memory FORCE INDEX (PRIMARY)
     WHERE id IN (?) AND player_id = ? AND npc_id = ? AND kind = 'folded'`,
  lockWords: `
    SELECT word FROM ai_npc_words FORCE INDEX (PRIMARY) WHERE owner = ? ORDER BY word, turn LIMIT ? FOR UPDATE`,
  deleteWordsTo: 'DELETE ai_npc_words FROM ai_npc_words FORCE INDEX (PRIMARY) WHERE owner = ? AND word <= ?',
  deleteWordsOf: 'DELETE ai_npc_words FROM ai_npc_words FORCE INDEX (PRIMARY) WHERE owner = ?',
  deleteWord: `
    DELETE ai_npc_words FROM ai_npc_words FORCE INDEX (PRIMARY) WHERE owner = ? AND word = ? AND turn = ?`,
  findSurplus: `
    SELECT id FROM ai_npc_memory FORCE INDEX (idx_memory_owner)
     WHERE player_id = ? AND npc_id = ? AND kind = 'folded' ORDER BY id DESC LIMIT 1 OFFSET ?`,
  lockSurplus: `
    SELECT id, said FROM ai_npc_memory FORCE INDEX (idx_memory_owner)
     WHERE player_id = ? AND npc_id = ? AND kind = 'folded' AND id <= ? ORDER BY id LIMIT ? FOR UPDATE`,
  readWordState: "SELECT value FROM ai_ipc_meta WHERE name = 'npc_words'",
  setWordState: `
    INSERT INTO ai_ipc_meta (name, value) VALUES ('npc_words', 'complete')
        ON DUPLICATE KEY UPDATE value = VALUES(value)`,
  lockLines: `
    SELECT id, npc_id, player_id, said FROM ai_npc_memory FORCE INDEX (PRIMARY)
     WHERE id > ? AND kind = 'folded' AND said IS NOT NULL ORDER BY id LIMIT ? FOR UPDATE`,
};

export const sqliteWordStatements: WordStatements = {
  insertWords: 'INSERT INTO ai_npc_words (owner, word, turn) VALUES :rows ON CONFLICT DO NOTHING',
  findWord: `
    SELECT word, turn
      FROM (SELECT word, turn FROM ai_npc_words WHERE owner = ? AND word = ? ORDER BY turn DESC LIMIT ?)`,
  findWords: `
    SELECT word, turn FROM ai_npc_words WHERE owner = ? AND word IN (SELECT value FROM json_each(?))`,
  linesOfBoth: `
    SELECT id, said FROM ai_npc_memory NOT INDEXED
     WHERE id IN (SELECT value FROM json_each(?)) AND player_id = ? AND npc_id = ? AND kind = 'folded'`,
  lockWords: 'SELECT word FROM ai_npc_words WHERE owner = ? ORDER BY word, turn LIMIT ?',
  deleteWordsTo: 'DELETE FROM ai_npc_words WHERE owner = ? AND word <= ?',
  deleteWordsOf: 'DELETE FROM ai_npc_words WHERE owner = ?',
  deleteWord: 'DELETE FROM ai_npc_words WHERE owner = ? AND word = ? AND turn = ?',
  findSurplus: `
    SELECT id FROM ai_npc_memory INDEXED BY idx_memory_owner
     WHERE player_id = ? AND npc_id = ? AND kind = 'folded' ORDER BY id DESC LIMIT 1 OFFSET ?`,
  lockSurplus: `
    SELECT id, said FROM ai_npc_memory INDEXED BY idx_memory_owner
     WHERE player_id = ? AND npc_id = ? AND kind = 'folded' AND id <= ? ORDER BY id LIMIT ?`,
  readWordState: "SELECT value FROM ai_ipc_meta WHERE name = 'npc_words'",
  setWordState: `
    INSERT INTO ai_ipc_meta (name, value) VALUES ('npc_words', 'complete')
    ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  lockLines: `
    SELECT id, npc_id, player_id, said FROM ai_npc_memory NOT INDEXED
     WHERE id > ? AND kind = 'folded' AND said IS NOT NULL ORDER BY id LIMIT ?`,
};
