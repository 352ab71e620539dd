import type { TestDatabase } from './test-database.ts';

/** A user anew, whatever he was before: MySQL knows no CREATE OR REPLACE USER. `account` is as in SQL: `'name'@'%'`. */
export async function createUser(database: TestDatabase, account: string, password: string): Promise<void> {
  for (const statement of userAnew(account, password)) await database.query(statement);
}

/** The statements for it, for a list of others. */
export function userAnew(account: string, password: string): string[] {
  return [`DROP USER IF EXISTS ${account}`, `CREATE USER ${account} IDENTIFIED BY '${password}'`];
}
