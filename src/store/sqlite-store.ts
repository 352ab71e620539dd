import { AiIpcError } from '../base/errors.ts';
import type { Inserter } from '../database/database.ts';
import { inserterOn } from '../database/sqlite.ts';
import { openSqliteWithSchema } from '../database/sqlite-schema.ts';
import type { WatchedStore } from '../queue/alert-store.ts';
import type { CallerConnection } from '../queue/queue-store.ts';
import { openAlertStore } from './alert-store.ts';
import { readQueueId } from './queue-id.ts';
import { createSqlStore } from './sql-store.ts';
import { sqliteStatements } from './sqlite-statements.ts';

/**
 * Opens the queue in a SQLite file, which is made (with its folder) when it is not there. Throws AiIpcError:
 * storage_failed (folder, rights or disk), schema_new.
 */
export async function openSqliteStore(file: string): Promise<WatchedStore> {
  const database = await openSqliteWithSchema(file);
  try {
    const queueId = await readQueueId(database, sqliteStatements);
    return createSqlStore({
      database,
      statements: sqliteStatements,
      queueId,
      heartbeatDatabase: database,
      inserterOver,
      alerts: openAlertStore(database, { kind: 'sqlite', file }),
    });
  } catch (error) {
    await database.close();
    throw error;
  }
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
