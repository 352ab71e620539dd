import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Connection, createConnection } from 'mariadb';
import { afterEach, beforeEach, expect, inject } from 'vitest';
import { TABLES_FILE, VIEWS_FILE } from '../../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const GRANTS = readFileSync(new URL('../../../deploy/grants.sql', import.meta.url), 'utf8');
const USERS = ['migrate', 'worker', 'game', 'readonly'] as const;
type User = (typeof USERS)[number];

/** Users belong to the whole server: each test has names of its own. */
export let suffix: string;
export let database: TestDatabase;
let opened: Connection[];

/** A database of its own for each test; its users go with it. */
export function useGrants(): void {
  beforeEach(async () => {
    suffix = randomBytes(4).toString('hex');
    opened = [];
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const connection of opened) connection.destroy();
    for (const user of USERS) await database.query(`DROP USER IF EXISTS ${userName(user)}@localhost`);
    await database.drop();
  });
}

export const userName = (user: User) => `ai_ipc_${user}_${suffix}`;
export const passwordOf = (user: User) => `secret of ${user}`;

/** What the file tells an admin to do with it. */
export function filledIn(): string {
  return GRANTS.replaceAll('`ragnarok`', `\`${database.settings.database}\``)
    .replaceAll(/'ai_ipc_(\w+)'/g, (_, user: User) => `'${userName(user)}'`)
    .replaceAll(
      /\{\{PASSWORD_OF_(\w+)\}\}/g,
      (_, user: string) => `'${passwordOf(user.toLowerCase() as User)}'`,
    );
}

export function settingsOf(user: User) {
  const { host, port, socketPath } = inject('mariadb');
  const { database: name } = database.settings;
  return {
    host,
    port,
    socketPath,
    user: userName(user),
    password: passwordOf(user),
    database: name,
    sslCaFile: null,
  };
}

export async function connectAs(user: User): Promise<Connection> {
  const { socketPath, user: name, password, database: schema } = settingsOf(user);
  const connection = await createConnection({ socketPath, user: name, password, database: schema });
  opened.push(connection);
  return connection;
}

export async function loadAll(): Promise<void> {
  await database.loadSqlFile(TABLES_FILE);
  await database.loadSqlFile(VIEWS_FILE);
  await database.query('CREATE TABLE char_data (id INT PRIMARY KEY)');
  await database.runClient(filledIn());
}

/** Access denied: to the database, the table, the column, or for want of a privilege. */
const DENIED = expect.objectContaining({
  errno: expect.toSatisfy((n: number) => [1044, 1142, 1143, 1227, 1370].includes(n)),
});

export async function expectRefused(user: User, statements: readonly string[]): Promise<void> {
  const connection = await connectAs(user);
  for (const statement of statements) {
    await expect(connection.query(statement), `${user}: ${statement}`).rejects.toEqual(DENIED);
  }
}
