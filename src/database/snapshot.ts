import { existsSync } from 'node:fs';
import { AiIpcError } from '../base/errors.ts';
import type { DatabaseSettings, MariadbSettings } from '../config/settings.ts';
import type { Row, SqlValue } from './database.ts';
import { sqliteName } from './database-name.ts';

/** A database as it was at one moment, however long it is read. Writers go on meanwhile. */
export interface Snapshot {
  query(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** Opens a snapshot on the present schema. Only that database's driver is loaded. Throws AiIpcError, as opening a store. */
export async function openSnapshot(settings: DatabaseSettings): Promise<Snapshot> {
  return settings.kind === 'mariadb' ? await openMariadb(settings) : await openSqlite(settings.file);
}

/** Its own connection: one of a pool may be replaced, and the snapshot with it. Who reads it may be slow. */
async function openMariadb(settings: MariadbSettings): Promise<Snapshot> {
  const [{ connectForMigrate }, { checkSchema }, { toDatabaseError }, { mariadbName }] = await Promise.all([
    import('./migrate-connection.ts'),
    import('./check-schema.ts'),
    import('./database-errors.ts'),
    import('./database-name.ts'),
  ]);
  const { connection, cut } = await connectForMigrate(settings, LOCK_WAIT_SECONDS);
  const query = async (sql: string, values: readonly SqlValue[] = []) => {
    try {
      return await connection.query<Row[]>(sql, [...values]);
    } catch (error) {
      throw toDatabaseError(error, mariadbName(settings));
    }
  };
  try {
    await checkSchema(query, 'all');
    for (const sql of BEGIN_MARIADB) await query(sql);
  } catch (error) {
    cut();
    throw error;
  }
  return { query, close: () => connection.end() };
}

/** Nothing that is read here waits for a row; a table waits for an ALTER. */
const LOCK_WAIT_SECONDS = 10;

const BEGIN_MARIADB = [
  // Times as they are stored. MySQL would tell the position of AUTO_INCREMENT as it was up to a
  // day ago.
  "SET time_zone = '+00:00' /*!80000 , information_schema_stats_expiry = 0 */",
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
  'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
];

async function openSqlite(file: string): Promise<Snapshot> {
  if (!existsSync(file)) {
    throw new AiIpcError(
      'storage_failed',
      `${sqliteName(file)}: there is no such file (sqlite.file, --database).`,
    );
  }
  const { openSqliteWithSchema } = await import('./sqlite-schema.ts');
  const database = await openSqliteWithSchema(file);
  // In WAL mode the first read of a transaction decides what all others see.
  await database.execute('BEGIN');
  await database.query('SELECT name FROM ai_ipc_meta');
  return { query: (sql, values) => database.query(sql, values), close: () => database.close() };
}
