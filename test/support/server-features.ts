import { fileURLToPath } from 'node:url';
import type { Connection } from 'mariadb';
import { checkSchema } from '../../src/database/check-schema.ts';
import { migrate } from '../../src/database/migrate.ts';
import { probeServer } from '../../src/database/probe.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { insertAwkwardRows } from './document-rows.ts';
import type { MariadbAddress } from './mariadb-server.ts';
import { newRequest } from './new-request.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

const TABLES_FILE = fileURLToPath(new URL('../../sql-files/ai_ipc_tables.sql', import.meta.url));
const DOCUMENT_FILE = fileURLToPath(new URL('document-schema.sql', import.meta.url));
const WORKER = 'host:1:00000000';

/** What is tried on a server, each with its own empty database; the answer is a word for the table of docs/servers.md. */
export interface Feature {
  readonly name: string;
  readonly try: (database: TestDatabase) => Promise<string>;
}

const yes = (is: unknown) => (is ? 'yes' : 'no');

export const FEATURES: readonly Feature[] = [
  { name: '`ai-ipc migrate`, from nothing', try: async (database) => yes(await migrated(database)) },
  {
    name: '`ai-ipc migrate`, from the first document’s tables with rows',
    try: async (database) => {
      await database.loadSqlFile(DOCUMENT_FILE);
      await insertAwkwardRows(database);
      return yes(await migrated(database));
    },
  },
  {
    name: '`ai_ipc_tables.sql` by the plain client',
    try: async (database) => {
      await database.loadSqlFile(TABLES_FILE);
      await checkSchema((sql) => database.query(sql), 'all');
      return 'yes';
    },
  },
  { name: 'a request, its claim, its answer, its reading', try: askAndAnswer },
  {
    name: 'SKIP LOCKED (claims pass by rows that others hold)',
    try: async (database) => {
      await migrated(database);
      return yes((await probeServer(settingsOf(database))).skipsLocked);
    },
  },
  { name: 'a user with SELECT alone opens the queue', try: openReadOnly },
  {
    name: 'the procedure, and its event',
    try: async (database) => {
      await migrated(database);
      await database.query('CALL sp_ai_cleanup_old_requests(7)');
      return yes((await database.query('SHOW EVENTS WHERE Db = DATABASE()')).length === 1);
    },
  },
  {
    name: 'has a limit for idle transactions of their own',
    try: (on) => has(on, 'idle_transaction_timeout'),
  },
  { name: 'bounds a statement’s time', try: (on) => has(on, 'max_statement_time') },
  {
    name: 'answers `changed since it was read` (1020)',
    try: (on) => has(on, 'innodb_snapshot_isolation'),
  },
  {
    name: 'FOR UPDATE needs more than SELECT',
    try: async (database) =>
      yes((await errorOf(database, 'SELECT value FROM ai_ipc_meta FOR UPDATE')) === 1142),
  },
  {
    name: 'JSON functions fail on text that is no JSON',
    try: async (database) =>
      yes(
        (await database.query("SELECT JSON_EXTRACT('no json', '$.a')").catch(() => undefined)) === undefined,
      ),
  },
  {
    name: 'JSON_UNQUOTE reads `\\ud83d\\ude00` as an emoji',
    try: async (database) => {
      const [row] = await database.query('SELECT HEX(JSON_UNQUOTE(\'"\\\\ud83d\\\\ude00"\')) AS bytes');
      return yes(row?.['bytes'] === 'F09F9880');
    },
  },
];

async function migrated(database: TestDatabase): Promise<boolean> {
  const settings = settingsOf(database);
  await migrate({ settings, confirm: async () => true, onStep: () => undefined });
  await checkSchema((sql) => database.query(sql), 'all');
  return true;
}

async function askAndAnswer(database: TestDatabase): Promise<string> {
  await migrated(database);
  const store = await openMariadbStore(settingsOf(database));
  try {
    const [id = 0] = await store.insert([NEW_REQUEST]);
    const [claim] = await store.claim(WORKER, 1);
    if (!claim) return 'no';
    const outcome = { kind: 'completed', answer: '{"text":"😀"}' } as const;
    await store.settle(WORKER, [{ ...claim, attempt: 1, outcome, durationMs: 5 }]);
    return yes((await store.read(id))?.responseData === outcome.answer);
  } finally {
    await store.close();
  }
}

const READER = 'ai_ipc_reader';

async function openReadOnly(database: TestDatabase): Promise<string> {
  await asReader(database, async () => {
    const store = await openMariadbStore({ ...settingsOf(database), user: READER, password: 'secret' });
    await store.close();
  });
  return 'yes';
}

/** The number of the error that a user with SELECT alone gets; undefined for none. */
async function errorOf(database: TestDatabase, sql: string): Promise<number | undefined> {
  let errno: number | undefined;
  await asReader(database, async (connection) => {
    errno = await connection.query(sql).then(
      () => undefined,
      (error: { errno: number }) => error.errno,
    );
  });
  return errno;
}

async function asReader(
  database: TestDatabase,
  work: (connection: Connection) => Promise<void>,
): Promise<void> {
  await migrated(database);
  const user = `'${READER}'@'%'`;
  await database.query(`CREATE USER ${user} IDENTIFIED BY 'secret'`);
  await database.query(`GRANT SELECT ON \`${database.settings.database}\`.* TO ${user}`);
  const connection = await database.connect({ user: READER, password: 'secret' });
  try {
    await work(connection);
  } finally {
    await connection.end();
    await database.query(`DROP USER ${user}`);
  }
}

async function has(database: TestDatabase, variable: string): Promise<string> {
  return yes((await database.query(`SHOW VARIABLES LIKE '${variable}'`)).length > 0);
}

function settingsOf(database: TestDatabase) {
  return { ...database.settings, socketPath: null, sslCaFile: null, minPoolSize: 0, maxPoolSize: 4 };
}

/** What a server says of its version, and what each feature came to: an error's words where it was one. */
export async function tryFeatures(server: MariadbAddress): Promise<Record<string, string>> {
  const results: Record<string, string> = {};
  for (const feature of [VERSION, ...FEATURES]) {
    const database = await createTestDatabase(server);
    try {
      results[feature.name] = await feature.try(database);
    } catch (error) {
      results[feature.name] =
        `**no**: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`;
    } finally {
      await database.drop();
    }
  }
  return results;
}

export const VERSION: Feature = {
  name: 'version',
  try: async (database) => {
    const [row] = await database.query('SELECT VERSION() AS version');
    return String(row?.['version']);
  },
};

const NEW_REQUEST = newRequest({ data: '{}' });
