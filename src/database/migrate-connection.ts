import { type Connection, createConnection } from 'mariadb';
import { AiIpcError } from '../base/errors.ts';
import type { MariadbSettings } from '../config/settings.ts';
import { toDatabaseError } from './database-errors.ts';
import { mariadbName } from './database-name.ts';
import { connectionConfig } from './mariadb-pool.ts';

export type MigrateSettings = Omit<MariadbSettings, 'minPoolSize' | 'maxPoolSize'>;

/** ER_BAD_DB_ERROR. */
const UNKNOWN_DATABASE = 1049;

/**
 * A connection that may run for hours: no limit on statements. A waiting ALTER makes every later query on its table
 * wait behind it, the map server's too, so it gives up after `lockWaitSeconds`. Throws AiIpcError: database_denied,
 * database_unknown or database_unavailable.
 */
export async function connectForMigrate(
  settings: MigrateSettings,
  lockWaitSeconds: number,
): Promise<Connection> {
  try {
    const connection = await createConnection({
      ...connectionConfig({ ...settings, minPoolSize: 0, maxPoolSize: 1 }),
      multipleStatements: false,
      // An ALTER says nothing for its whole time, and the connection that holds the turn says nothing at all.
      socketTimeout: 0,
      // Through a firewall that forgets silent connections, an ALTER of an hour would never be heard of again.
      keepAliveDelay: 30_000,
      initSql: [
        `SET lock_wait_timeout = ${lockWaitSeconds}, innodb_lock_wait_timeout = ${lockWaitSeconds}` +
          ', wait_timeout = 28800, autocommit = 1 /*M!, max_statement_time = 0 */',
        'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
      ],
    });
    // A loss also fails the statement under way; without a listener it would end the process.
    connection.on('error', () => undefined);
    return connection;
  } catch (error) {
    throw connectError(error, settings);
  }
}

function connectError(error: unknown, settings: MigrateSettings): AiIpcError {
  if (errnoOf(error) !== UNKNOWN_DATABASE) return toDatabaseError(error, mariadbName(settings));
  const name = `\`${settings.database.replaceAll('`', '``')}\``;
  return new AiIpcError(
    'database_unknown',
    `${mariadbName(settings)}: there is no database of this name. Make it with CREATE DATABASE ${name} CHARACTER SET ` +
      'utf8mb4; or check DB_NAME.',
    { cause: error },
  );
}

/** The server's error number; undefined for anything else. */
export function errnoOf(error: unknown): number | undefined {
  const { errno } = (typeof error === 'object' && error !== null ? error : {}) as { errno?: unknown };
  return typeof errno === 'number' ? errno : undefined;
}
