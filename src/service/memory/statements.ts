import { mariadbWordStatements, sqliteWordStatements, type WordStatements } from './word-statements.ts';

/** The statements of the memory, by the name of what they do; bound values in the same order for both databases. */
export interface MemoryStatements extends WordStatements {
  /**
   * player id, npc id → id, kind, turns, said, answered: the turns and the summary, in any order; not locked. A fact is a
   * turn that counts for none, with what was told as its answer; those of everybody's (player id '') are among them.
   */
  readonly recall: string;
  /** The same without everybody's, locked: the turns before the summary. */
  readonly lockToRemember: string;
  /** rows of: npc id, player id, said, answered, turn key. A key that is there already is left as it is. */
  readonly insertTurn: string;
  /** npc id, player id, fact, turn key. Of one that is there already, the time is another. */
  readonly insertFact: string;
  /** ids */
  readonly fold: string;
  /** rows of: npc id, player id, turns, said, turn key */
  readonly insertSummary: string;
  /** turns, said, id */
  readonly updateSummary: string;
  /** player id, npc id, limit → id, kind, turns, npc_id, player_id; locked */
  readonly lockOfBoth: string;
  /** player id, limit → the same */
  readonly lockOfPlayer: string;
  /** npc id, after id, limit → the same, in the order of ids */
  readonly lockOfNpc: string;
  /** after id, limit → the same */
  readonly lockOfAll: string;
  /** kind (turn or summary), days, days, limit → the same, of those who have not talked for so long */
  readonly lockOld: string;
  /** player id, npc id, limit → the same: of their folded turns */
  readonly lockFoldedOfBoth: string;
  /** ids */
  readonly deleteRows: string;
  /** player id */
  readonly deleteBudget: string;
  readonly deleteAllBudgets: string;
  /** Days of budgets that are over. */
  readonly deleteOldBudgets: string;
}

/**
 * Whatever locks or writes names its index, for the reason given in src/store/mariadb-statements.ts. Here also because of
 * the order, `turn` before `summary`: of two that remember at once, the second waits for the first turn, and only then comes to
 * the summary, which it finds as the first has left it.
 */
const MARIADB_RECALL = `
  SELECT id, kind, turns, said, answered
    FROM ai_npc_memory FORCE INDEX (idx_memory_owner)
   WHERE player_id = ? AND npc_id = ? AND kind IN ('turn', 'summary')
   ORDER BY kind, id`;
/**
 * Everybody's has facts alone, and no summary. In no order: with two players, the rows that are locked in the order of the index
 * would be sorted. A UNION ALL of both took the servers 40 to 55 % more CPU.
 */
const MARIADB_RECALL_WITH_EVERYBODYS = `
  SELECT id, kind, turns, said, answered
    FROM ai_npc_memory FORCE INDEX (idx_memory_owner)
   WHERE player_id IN (?, '') AND npc_id = ? AND kind IN ('turn', 'summary')`;

export const mariadbMemoryStatements: MemoryStatements = {
  ...mariadbWordStatements,
  recall: MARIADB_RECALL_WITH_EVERYBODYS,
  lockToRemember: `${MARIADB_RECALL} FOR UPDATE`,
  insertTurn: `
    INSERT INTO ai_npc_memory (npc_id, player_id, said, answered, turn_key) VALUES :rows
        ON DUPLICATE KEY UPDATE id = id`,
  insertFact: `
    INSERT INTO ai_npc_memory (npc_id, player_id, turns, said, answered, turn_key) VALUES (?, ?, 0, '', ?, ?)
        ON DUPLICATE KEY UPDATE updated_at = NOW(3)`,
  fold: `
    UPDATE ai_npc_memory FORCE INDEX (PRIMARY)
       SET kind = 'folded', turns = 0, answered = NULL
     WHERE id IN (?) AND kind = 'turn'`,
  insertSummary: `
    INSERT INTO ai_npc_memory (npc_id, player_id, kind, turns, said, turn_key) VALUES (?, ?, 'summary', ?, ?, ?)
        ON DUPLICATE KEY UPDATE turns = VALUES(turns), said = VALUES(said), updated_at = NOW(3)`,
  updateSummary: `
    UPDATE ai_npc_memory FORCE INDEX (PRIMARY)
       SET turns = ?, said = ?, updated_at = NOW(3)
     WHERE id = ? AND kind = 'summary'`,
  // In the order of the index: in another one, each chunk would sort and lock all lines of a player.
  lockOfBoth: `
    SELECT id, kind, turns, npc_id, player_id FROM ai_npc_memory FORCE INDEX (idx_memory_owner)
     WHERE player_id = ? AND npc_id = ? ORDER BY kind, id LIMIT ? FOR UPDATE`,
  lockOfPlayer: `
    SELECT id, kind, turns, npc_id, player_id FROM ai_npc_memory FORCE INDEX (idx_memory_owner)
     WHERE player_id = ? ORDER BY npc_id, kind, id LIMIT ? FOR UPDATE`,
  lockOfNpc: `
    SELECT id, kind, turns, npc_id, player_id FROM ai_npc_memory FORCE INDEX (PRIMARY)
     WHERE npc_id = ? AND id > ? ORDER BY id LIMIT ? FOR UPDATE`,
  lockOfAll: `
    SELECT id, kind, turns, npc_id, player_id FROM ai_npc_memory FORCE INDEX (PRIMARY) WHERE id > ? ORDER BY id LIMIT ? FOR UPDATE`,
  // IS NULL of one row and not NOT EXISTS, of which MariaDB makes a look through the whole table, without the index.
  lockOld: `
    SELECT m.id, m.kind, m.turns, m.npc_id, m.player_id FROM ai_npc_memory m FORCE INDEX (idx_memory_age)
     WHERE m.kind = ? AND m.updated_at < NOW(3) - INTERVAL ? DAY
       AND (SELECT n.id FROM ai_npc_memory n FORCE INDEX (idx_memory_owner)
             WHERE n.player_id = m.player_id AND n.npc_id = m.npc_id AND n.kind IN ('turn', 'summary')
               AND n.updated_at >= NOW(3) - INTERVAL ? DAY
             LIMIT 1) IS NULL
     LIMIT ? FOR UPDATE`,
  lockFoldedOfBoth: `
    SELECT id, kind, turns, npc_id, player_id FROM ai_npc_memory FORCE INDEX (idx_memory_owner)
     WHERE player_id = ? AND npc_id = ? AND kind = 'folded' ORDER BY id LIMIT ? FOR UPDATE`,
  // True of every row. With nothing but ids to read, a scan of the whole primary key would be allowed.
  deleteRows: `
    DELETE ai_npc_memory FROM ai_npc_memory FORCE INDEX (PRIMARY) WHERE id IN (?) AND turns + 0 >= 0`,
  deleteBudget: 'DELETE ai_npc_budget FROM ai_npc_budget FORCE INDEX (PRIMARY) WHERE player_id = ?',
  deleteAllBudgets: 'DELETE FROM ai_npc_budget',
  deleteOldBudgets: `
    DELETE ai_npc_budget FROM ai_npc_budget FORCE INDEX (idx_budget_day) WHERE day < CURRENT_DATE`,
};

// Left to itself, SQLite goes by the kind, and so through the memory of all players: 300,000 lines cost a fold 29 ms.
const OF_OWNER = 'INDEXED BY idx_memory_owner';
const SQLITE_COLUMNS = 'SELECT id, kind, turns, npc_id, player_id';
const SQLITE_ROWS_OF_OWNER = `${SQLITE_COLUMNS} FROM ai_npc_memory ${OF_OWNER}`;
const SQLITE_ROWS_BY_ID = `${SQLITE_COLUMNS} FROM ai_npc_memory NOT INDEXED`;

const SQLITE_RECALL = `
  SELECT id, kind, turns, said, answered
    FROM ai_npc_memory ${OF_OWNER}
   WHERE player_id = ? AND npc_id = ? AND kind IN ('turn', 'summary')
   ORDER BY id`;

export const sqliteMemoryStatements: MemoryStatements = {
  ...sqliteWordStatements,
  recall: `
  SELECT id, kind, turns, said, answered
    FROM ai_npc_memory ${OF_OWNER}
   WHERE player_id IN (?, '') AND npc_id = ? AND kind IN ('turn', 'summary')`,
  // BEGIN IMMEDIATE has locked the whole file.
  lockToRemember: SQLITE_RECALL,
  insertTurn: `
    INSERT INTO ai_npc_memory (npc_id, player_id, said, answered, turn_key) VALUES :rows
    ON CONFLICT (turn_key) DO NOTHING`,
  insertFact: `
    INSERT INTO ai_npc_memory (npc_id, player_id, turns, said, answered, turn_key) VALUES (?, ?, 0, '', ?, ?)
    ON CONFLICT (turn_key) DO UPDATE SET updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now')`,
  fold: `
    UPDATE ai_npc_memory NOT INDEXED SET kind = 'folded', turns = 0, answered = NULL
     WHERE id IN (SELECT value FROM json_each(?)) AND kind = 'turn'`,
  insertSummary: `
    INSERT INTO ai_npc_memory (npc_id, player_id, kind, turns, said, turn_key) VALUES (?, ?, 'summary', ?, ?, ?)
    ON CONFLICT (turn_key) DO UPDATE
       SET turns = excluded.turns, said = excluded.said, updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now')`,
  updateSummary: `
    UPDATE ai_npc_memory NOT INDEXED SET turns = ?, said = ?, updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now')
     WHERE id = ? AND kind = 'summary'`,
  lockOfBoth: `${SQLITE_ROWS_OF_OWNER} WHERE player_id = ? AND npc_id = ? ORDER BY kind, id LIMIT ?`,
  lockOfPlayer: `${SQLITE_ROWS_OF_OWNER} WHERE player_id = ? ORDER BY npc_id, kind, id LIMIT ?`,
  lockOfNpc: `${SQLITE_ROWS_BY_ID} WHERE npc_id = ? AND id > ? ORDER BY id LIMIT ?`,
  lockOfAll: `${SQLITE_ROWS_BY_ID} WHERE id > ? ORDER BY id LIMIT ?`,
  lockOld: `
    SELECT m.id, m.kind, m.turns, m.npc_id, m.player_id FROM ai_npc_memory m INDEXED BY idx_memory_age
     WHERE m.kind = ? AND m.updated_at < strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || ? || ' days')
       AND NOT EXISTS (SELECT 1 FROM ai_npc_memory n ${OF_OWNER}
                        WHERE n.player_id = m.player_id AND n.npc_id = m.npc_id AND n.kind IN ('turn', 'summary')
                          AND n.updated_at >= strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || ? || ' days'))
     LIMIT ?`,
  lockFoldedOfBoth: `${SQLITE_ROWS_OF_OWNER} WHERE player_id = ? AND npc_id = ? AND kind = 'folded' ORDER BY id LIMIT ?`,
  deleteRows: 'DELETE FROM ai_npc_memory NOT INDEXED WHERE id IN (SELECT value FROM json_each(?))',
  deleteBudget: 'DELETE FROM ai_npc_budget WHERE player_id = ?',
  deleteAllBudgets: 'DELETE FROM ai_npc_budget',
  deleteOldBudgets: "DELETE FROM ai_npc_budget INDEXED BY idx_budget_day WHERE day < date('now')",
};
