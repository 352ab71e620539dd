import { AiIpcError } from '../base/errors.ts';
import { type ConnectSettings, connectTo, type OpenConnection } from './connect.ts';
import { toDatabaseError } from './database-errors.ts';
import { mariadbName } from './database-name.ts';
import { migrateSession } from './session.ts';

/** ER_BAD_DB_ERROR. */
const UNKNOWN_DATABASE = 1049;

/**
 * A connection that may run for hours: no limit on statements. A waiting ALTER makes every later query on its table
 * wait behind it, the map server's too, so it gives up after `lockWaitSeconds`. Throws AiIpcError: database_denied,
 * database_unknown or database_unavailable.
 */
export async function connectForMigrate(
  settings: ConnectSettings,
  lockWaitSeconds: number,
): Promise<OpenConnection> {
  try {
    return await connectTo(settings, {
      session: migrateSession(lockWaitSeconds),
      hasManyStatements: false,
      // An ALTER says nothing for its whole time, and the connection that holds the turn says nothing at all.
      socketTimeoutMs: 0,
      // Through a firewall that forgets silent connections, an ALTER of an hour would never be heard of again.
      keepAliveMs: 30_000,
    });
  } catch (error) {
    throw connectError(error, settings);
  }
}

function connectError(error: unknown, settings: ConnectSettings): AiIpcError {
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
