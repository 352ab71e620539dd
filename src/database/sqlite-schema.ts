import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AiIpcError, messageOf } from '../base/errors.ts';
import { SCHEMA_VERSION } from './check-schema.ts';
import type { Database, Row } from './database.ts';
import { splitSql } from './sql-script.ts';
import { openSqliteDatabase, type SqliteDatabase } from './sqlite.ts';

const SCHEMA_FILE = new URL('../../sql-files/ai_ipc_tables.sqlite.sql', import.meta.url);
const VIEWS_FILE = new URL('../../sql-files/ai_ipc_views.sqlite.sql', import.meta.url);

/**
 * Opens a SQLite file with the present schema. The file is made (with its folder) when it is not there, and an older one
 * is brought up to date: later versions only added tables. Throws AiIpcError: storage_failed (folder, rights or disk),
 * schema_new.
 */
export async function openSqliteWithSchema(file: string): Promise<SqliteDatabase> {
  makeFolder(file);
  const database = openSqliteDatabase(file);
  try {
    await bringUpToDate(database);
    return database;
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
  if (version === SCHEMA_VERSION) return await makeViews(database);
  if (version > SCHEMA_VERSION) {
    throw new AiIpcError(
      'schema_new',
      `${database.name} has schema ${version}, made by a newer AI IPC; this one knows ${SCHEMA_VERSION}. Update ai-ipc.`,
    );
  }
  await database.runScript(readFileSync(SCHEMA_FILE, 'utf8'));
  await makeViews(database);
}

/** Where one is missing, or another than this version has. SQLite keeps the words with which a view was made. */
async function makeViews(database: SqliteDatabase): Promise<void> {
  const script = readFileSync(VIEWS_FILE, 'utf8');
  const wanted = splitSql(script).filter((statement) => statement.startsWith('CREATE VIEW'));
  const rows = await database.query("SELECT sql FROM sqlite_master WHERE type = 'view'");
  const found = rows.map((row) => row['sql']);
  if (wanted.every((statement) => found.includes(statement))) return;
  await database.runScript(script);
}

async function versionOf(database: Database): Promise<number> {
  const [table] = await database.query(
    "SELECT COUNT(*) AS tables FROM sqlite_master WHERE type = 'table' AND name = 'ai_ipc_meta'",
  );
  if (Number(table?.['tables'] ?? 0) === 0) return 0;
  const [row] = await database.query("SELECT value FROM ai_ipc_meta WHERE name = 'schema_version'");
  return Number(row?.['value'] ?? 0);
}

/** The index of SQLite's own file is named as here: CREATE INDEX IF NOT EXISTS makes what is not there. */
const CREATE_INDEX = /^CREATE (?:UNIQUE )?INDEX IF NOT EXISTS (\w+)/gm;

/** Names of the indexes that the file should have and has not. */
export async function findLostSqliteIndexes(
  query: (sql: string) => Promise<readonly Row[]>,
): Promise<string[]> {
  const rows = await query("SELECT name FROM sqlite_master WHERE type = 'index'");
  const found = rows.map((row) => row['name']);
  const wanted = [...readFileSync(SCHEMA_FILE, 'utf8').matchAll(CREATE_INDEX)].map(([, name = '']) => name);
  return wanted.filter((name) => !found.includes(name));
}

/** Brings an embedded database to the present schema and makes again what is missing; tells each step. */
export async function migrateSqlite(file: string, onStep: (text: string) => void): Promise<void> {
  if (!existsSync(file)) {
    onStep(
      'There is no such file yet. It is made, and brought up to date, whenever it is opened: nothing to do.',
    );
    return;
  }
  const database = await openSqliteWithSchema(file);
  try {
    const lost = await findLostSqliteIndexes((sql) => database.query(sql));
    if (lost.length === 0) {
      onStep('The embedded database is brought up to date whenever it is opened: there is nothing to do.');
      return;
    }
    onStep(`There is no index ${lost.join(', ')}: making it again.`);
    await database.runScript(readFileSync(SCHEMA_FILE, 'utf8'));
    onStep('What was missing is there again.');
  } finally {
    await database.close();
  }
}
