import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AiIpcError, messageOf } from '../base/errors.ts';
import type { Database, Inserter } from '../database/database.ts';
import { inserterOn, openSqliteDatabase, type SqliteDatabase } from '../database/sqlite.ts';
import type { CallerConnection, QueueStore } from '../queue/queue-store.ts';
import { readQueueId } from './queue-id.ts';
import { numberOf, textOf } from './row-fields.ts';
import { createSqlStore } from './sql-store.ts';
import { sqliteStatements } from './sqlite-statements.ts';

/** The schema of this version; 1 was the document's, which only MariaDB had. */
const SCHEMA_VERSION = 2;
const SCHEMA_FILE = new URL('../../sql-files/ai_ipc_tables.sqlite.sql', import.meta.url);

/**
 * Opens the queue in a SQLite file, which is made (with its folder) when it is not there. Throws AiIpcError:
 * storage_failed (folder, rights or disk), schema_new.
 */
export async function openSqliteStore(file: string): Promise<QueueStore> {
  makeFolder(file);
  const database = openSqliteDatabase(file);
  try {
    await bringUpToDate(database);
    const queueId = await readQueueId(database, sqliteStatements);
    return createSqlStore({
      database,
      statements: sqliteStatements,
      queueId,
      heartbeatDatabase: database,
      inserterOver,
    });
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** One level only: making many at once never comes back on some paths of Linux (/proc), and hides a mistyped path. */
function makeFolder(file: string): void {
  const folder = dirname(file);
  try {
    if (!existsSync(folder)) mkdirSync(folder);
  } catch (error) {
    // Another process was faster.
    if (existsSync(folder)) return;
    const message = `Cannot make the folder ${folder} (${messageOf(error)}). Choose one that you may write to (sqlite.file).`;
    throw new AiIpcError('storage_failed', message, { cause: error });
  }
}

async function bringUpToDate(database: SqliteDatabase): Promise<void> {
  const version = await versionOf(database);
  if (version === SCHEMA_VERSION) return;
  if (version > SCHEMA_VERSION) {
    throw new AiIpcError(
      'schema_new',
      `${database.name} has schema ${version}, made by a newer AI IPC; this one knows ${SCHEMA_VERSION}. Update ai-ipc.`,
    );
  }
  const schema = readFileSync(SCHEMA_FILE, 'utf8');
  await database.runScript(schema);
}

async function versionOf(database: Database): Promise<number> {
  const [table] = await database.query(
    "SELECT COUNT(*) AS tables FROM sqlite_master WHERE type = 'table' AND name = 'ai_ipc_meta'",
  );
  if (table === undefined || numberOf(table, 'tables') === 0) return 0;
  const [row] = await database.query("SELECT value FROM ai_ipc_meta WHERE name = 'schema_version'");
  return row === undefined ? 0 : Number(textOf(row, 'value'));
}

function inserterOver(connection: CallerConnection): Inserter {
  if (isSqliteConnection(connection)) return inserterOn(connection);
  throw new AiIpcError(
    'bad_argument',
    'connection must be a DatabaseSync (@photostructure/sqlite or node:sqlite).',
  );
}

function isSqliteConnection(connection: object): connection is Parameters<typeof inserterOn>[0] {
  return typeof (connection as { prepare?: unknown }).prepare === 'function';
}
