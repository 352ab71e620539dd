import { AiIpcError } from '../base/errors.ts';
import { checkSchema } from '../database/check-schema.ts';
import type { Inserter } from '../database/database.ts';
import { toDatabaseError } from '../database/database-errors.ts';
import { type ConnectionSettings, openMariadbPools } from '../database/mariadb-pool.ts';
import { probeServer } from '../database/probe.ts';
import type { WatchedStore } from '../queue/alert-store.ts';
import type { CallerConnection } from '../queue/queue-store.ts';
import { createAlertStore, readFolder } from './alert-store.ts';
import { wayOf } from './mariadb-locks.ts';
import { mariadbStatements } from './mariadb-statements.ts';
import { onlyMarked } from './only-marked.ts';
import { readQueueId } from './queue-id.ts';
import { createSqlStore } from './sql-store.ts';
import type { StoreOptions } from './store-options.ts';

export interface MariadbStoreOptions extends StoreOptions {
  /** auto: SKIP LOCKED where it works. The others are for tests. */
  readonly lockBy?: 'auto' | 'pass_held' | 'wait';
}

/**
 * Opens the queue on MariaDB. Throws AiIpcError: database_denied, database_unknown, schema_missing, schema_old,
 * schema_new, database_unsupported (an admin must act) or database_unavailable (try again).
 */
export async function openMariadbStore(
  settings: ConnectionSettings,
  {
    lockBy = 'auto',
    onWarning = () => undefined,
    onConnected = () => undefined,
    onHostChange = () => undefined,
    onlyMarked: mark,
    mayBeReadOnly,
  }: MariadbStoreOptions = {},
): Promise<WatchedStore> {
  // Asked first, on connections of its own: it tells at once what a pool would only time out on.
  const { skipsLocked, maxPacketBytes, encryption, warnings } = await probeServer(settings, {
    mayBeReadOnly,
  });
  onConnected(encryption);
  for (const warning of warnings) onWarning(warning);
  const { database, urgentDatabase } = openMariadbPools({ ...settings, maxPacketBytes, onHostChange });
  try {
    const { isMariadb } = await checkSchema((sql) => database.query(sql));
    const way = wayOf({ isMariadb, skipsLocked: lockBy === 'auto' && skipsLocked });
    const all = mariadbStatements(lockBy === 'wait' ? lockBy : way);
    const statements = mark === undefined ? all : onlyMarked(all, mark);
    const queueId = await readQueueId(database, statements);
    const findFolder = () => readFolder(database, settings);
    const alerts = createAlertStore({ database, kind: 'mariadb', findFolder });
    return createSqlStore({
      ...{ database, statements, queueId, heartbeatDatabase: urgentDatabase, inserterOver, alerts },
    });
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** What `mariadb` and `mysql2/promise` connections have in common. */
interface QueryConnection {
  query(sql: string, values: unknown): Promise<unknown>;
}

/** Inserts on the caller's connection, of the package `mariadb` or `mysql2/promise`. */
function inserterOver(connection: CallerConnection): Inserter {
  if (!hasQuery(connection) || isPool(connection)) {
    throw new AiIpcError(
      'bad_argument',
      'connection must be one connection (not a pool) of the package mariadb or mysql2/promise.',
    );
  }
  return {
    async insertEach(sql, rows) {
      const ids: number[] = [];
      try {
        for (const row of rows) ids.push(insertIdOf(await connection.query(sql, [...row])));
      } catch (error) {
        throw toDatabaseError(error, 'Your own connection');
      }
      return ids;
    },
  };
}

function hasQuery(connection: object): connection is QueryConnection {
  return typeof (connection as { query?: unknown }).query === 'function';
}

/** Each statement on a pool may go over another connection: what the caller rolls back would be served all the same. */
function isPool(connection: object): boolean {
  return typeof (connection as { getConnection?: unknown }).getConnection === 'function';
}

/** mysql2 answers [result, fields]; mariadb answers the result, with a BigInt id unless told otherwise. */
function insertIdOf(answer: unknown): number {
  const result: unknown = Array.isArray(answer) ? answer[0] : answer;
  return Number((result as { insertId?: unknown }).insertId);
}
