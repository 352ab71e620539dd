import { messageOf } from '../base/errors.ts';
import type { Query } from '../database/check-schema.ts';

/** The tables on which deploy/grants.sql gives the worker everything, each with a column that needs no value of use. */
const TABLES = {
  ai_requests: 'id',
  ai_responses: 'id',
  ai_request_log: 'id',
  ai_workers: 'id',
  ai_ipc_meta: 'name',
} as const;
const TABLE_NAMES = Object.keys(TABLES) as (keyof typeof TABLES)[];

/** EXPLAIN needs the rights of what it explains, and does nothing of it. */
const EXPLAINED: Readonly<Record<string, (table: string, column: string) => string>> = {
  SELECT: (table, column) => `SELECT ${column} FROM ${table} LIMIT 0`,
  INSERT: (table, column) => `INSERT INTO ${table} (${column}) VALUES (0)`,
  UPDATE: (table, column) => `UPDATE ${table} SET ${column} = ${column} WHERE ${column} = '0'`,
  DELETE: (table, column) => `DELETE FROM ${table} WHERE ${column} = '0'`,
};

/** 1142 and 1143: "SELECT command denied to user …". */
const REFUSED = /\bcommand denied\b/i;

/** The worker's rights that this user has not, such as `DELETE on ai_requests`. */
export async function findMissingRights(query: Query): Promise<string[]> {
  const missing: string[] = [];
  for (const table of TABLE_NAMES) {
    for (const [right, statement] of Object.entries(EXPLAINED)) {
      await query(`EXPLAIN ${statement(table, TABLES[table])}`).catch((error: unknown) => {
        if (!REFUSED.test(messageOf(error))) throw error;
        missing.push(`${right} on ${table}`);
      });
    }
  }
  return missing;
}
