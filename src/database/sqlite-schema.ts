import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AiIpcError, messageOf } from '../base/errors.ts';
import { SCHEMA_VERSION } from './check-schema.ts';
import type { Database } from './database.ts';
import { openSqliteDatabase, type SqliteDatabase } from './sqlite.ts';

const VIEWS = ['ai_v_queue', 'ai_v_last_hour', 'ai_v_by_npc', 'ai_v_stuck'] as const;
const SCHEMA_FILE = new URL('../../sql-files/ai_ipc_tables.sqlite.sql', import.meta.url);

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
  if (version === SCHEMA_VERSION && (await hasViews(database))) return;
  if (version > SCHEMA_VERSION) {
    throw new AiIpcError(
      'schema_new',
      `${database.name} has schema ${version}, made by a newer AI IPC; this one knows ${SCHEMA_VERSION}. Update ai-ipc.`,
    );
  }
  await database.runScript(readFileSync(SCHEMA_FILE, 'utf8'));
}

/** A file of this version that was made before there were views, or in which somebody dropped one, gets them anew. */
async function hasViews(database: Database): Promise<boolean> {
  const [row] = await database.query(
    `SELECT COUNT(*) AS views FROM sqlite_master WHERE type = 'view' AND name IN ('${VIEWS.join("', '")}')`,
  );
  return Number(row?.['views'] ?? 0) >= VIEWS.length;
}

async function versionOf(database: Database): Promise<number> {
  const [table] = await database.query(
    "SELECT COUNT(*) AS tables FROM sqlite_master WHERE type = 'table' AND name = 'ai_ipc_meta'",
  );
  if (Number(table?.['tables'] ?? 0) === 0) return 0;
  const [row] = await database.query("SELECT value FROM ai_ipc_meta WHERE name = 'schema_version'");
  return Number(row?.['value'] ?? 0);
}
