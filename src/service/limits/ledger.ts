import type { Database, SqlValue } from '../../database/database.ts';
import { numberOf, textOf } from '../../database/row-fields.ts';
import type { ServiceDatabase } from '../base/service-database.ts';

/** What players have used of a model today: what all services on one database share. */
export interface Ledger {
  /** Adds to what the player used today (UTC, by the database's clock), and tells how much that is now. */
  addTokens(playerId: string, tokens: number): Promise<number>;
  /** The players who have used so many tokens today, or more. */
  playersAbove(tokens: number): Promise<string[]>;
  /** Who has used most today, at most so many players. */
  mostUsed(limit: number): Promise<PlayerTokens[]>;
}

export interface PlayerTokens {
  readonly playerId: string;
  readonly tokens: number;
}

interface LedgerStatements {
  /** player id, tokens */
  readonly addTokens: string;
  /** tokens → player_id */
  readonly playersAbove: string;
  /** limit → player_id, tokens */
  readonly mostUsed: string;
}

const mariadbStatements: LedgerStatements = {
  // LAST_INSERT_ID(…) brings the sum back with the answer to the INSERT: RETURNING needs MariaDB 10.5.
  addTokens: `
    INSERT INTO ai_npc_budget (player_id, day, tokens) VALUES (?, CURRENT_DATE, LAST_INSERT_ID(?))
        ON DUPLICATE KEY UPDATE tokens = LAST_INSERT_ID(IF(day = CURRENT_DATE, tokens, 0) + VALUES(tokens)),
           day = CURRENT_DATE`,
  playersAbove: 'SELECT player_id FROM ai_npc_budget WHERE day = CURRENT_DATE AND tokens >= ?',
  // From the end of idx_budget_day.
  mostUsed:
    'SELECT player_id, tokens FROM ai_npc_budget WHERE day = CURRENT_DATE ORDER BY tokens DESC LIMIT ?',
};

const sqliteStatements: LedgerStatements = {
  addTokens: `
    INSERT INTO ai_npc_budget (player_id, day, tokens) VALUES (?, date('now'), ?)
    ON CONFLICT (player_id) DO UPDATE
       SET tokens = CASE day WHEN excluded.day THEN tokens ELSE 0 END + excluded.tokens, day = excluded.day
    RETURNING tokens`,
  playersAbove: "SELECT player_id FROM ai_npc_budget WHERE day = date('now') AND tokens >= ?",
  mostUsed:
    "SELECT player_id, tokens FROM ai_npc_budget WHERE day = date('now') ORDER BY tokens DESC LIMIT ?",
};

/** The ledger in the table ai_npc_budget. Its methods reject with AiIpcError. */
export function createLedger({ database, kind }: ServiceDatabase): Ledger {
  const statements = kind === 'mariadb' ? mariadbStatements : sqliteStatements;
  return {
    addTokens: (playerId, tokens) =>
      kind === 'mariadb'
        ? insertedId(database, statements.addTokens, [playerId, tokens])
        : returnedTokens(database, statements.addTokens, [playerId, tokens]),
    async playersAbove(tokens) {
      const rows = await database.query(statements.playersAbove, [tokens]);
      return rows.map((row) => textOf(row, 'player_id'));
    },
    async mostUsed(limit) {
      const rows = await database.query(statements.mostUsed, [limit]);
      return rows.map((row) => ({ playerId: textOf(row, 'player_id'), tokens: numberOf(row, 'tokens') }));
    },
  };
}

async function insertedId(database: Database, sql: string, values: readonly SqlValue[]): Promise<number> {
  return (await database.execute(sql, values)).insertId;
}

async function returnedTokens(database: Database, sql: string, values: readonly SqlValue[]): Promise<number> {
  const [row = {}] = await database.query(sql, values);
  return numberOf(row, 'tokens');
}
