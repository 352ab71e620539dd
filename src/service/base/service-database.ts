import type { DatabaseSettings, MariadbSettings } from '../../config/load.ts';
import { checkSchema } from '../../database/check-schema.ts';
import type { Database } from '../../database/database.ts';
import type { HostChange } from '../../database/hosts.ts';
import { openSqliteWithSchema } from '../../database/sqlite-schema.ts';

/** The database of the queue, for what the AI service keeps in it: memory, budgets and the switch. */
export interface ServiceDatabase {
  readonly database: Database;
  readonly kind: DatabaseSettings['kind'];
}

export interface ServiceDatabaseOptions {
  /** Told when connections lead to another host of several. */
  readonly onHostChange?: (change: HostChange) => void;
  /** Whether a server will do that takes no writes, such as a replica: each write is then refused. Default: it is an error. */
  readonly mayBeReadOnly?: boolean;
}

/**
 * Opens it, with tables that are all there; whoever opened it closes it. Throws AiIpcError: database_denied,
 * database_unknown, schema_missing, schema_old, schema_new, database_unsupported, storage_failed (an admin must act) or
 * database_unavailable (try again).
 */
export async function openServiceDatabase(
  settings: DatabaseSettings,
  options: ServiceDatabaseOptions = {},
): Promise<ServiceDatabase> {
  if (settings.kind === 'mariadb') return { database: await openMariadb(settings, options), kind: 'mariadb' };
  return { database: await openSqlite(settings.file), kind: 'sqlite' };
}

/**
 * SQLite writes on the service's own thread, so each wait for the disk is a wait of every player: on a busy disk a
 * durable commit took 0.8 ms, one in a hundred 16 to 22 ms, the longest 227 ms; without waiting 0.05, 0.1 and 20 ms. A
 * power cut may cost what was said in the last seconds; the file stays whole.
 */
async function openSqlite(file: string): Promise<Database> {
  const database = await openSqliteWithSchema(file);
  await database.query('PRAGMA synchronous = NORMAL');
  return database;
}

/** The driver is loaded here: with SQLite a start does without its 110 ms of CPU. */
async function openMariadb(
  settings: MariadbSettings,
  { onHostChange = () => undefined, mayBeReadOnly }: ServiceDatabaseOptions,
): Promise<Database> {
  const { openMariadbPool } = await import('../../database/mariadb-pool.ts');
  const { probeServer } = await import('../../database/probe.ts');
  // Asked first, on connections of its own: it tells at once what a pool would only time out on.
  const { maxPacketBytes } = await probeServer(settings, { mayBeReadOnly });
  // An idle connection that a minimum keeps is cut by the socket's limit every 9.5 s, and the server's log has a warning
  // for each; those above the minimum say goodbye before that. The look at the switch keeps one at work anyway.
  const database = openMariadbPool({ ...settings, minPoolSize: 0, maxPacketBytes, onHostChange });
  try {
    await checkSchema((sql) => database.query(sql), 'all');
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
