import type { DatabaseSettings } from '../config/settings.ts';
import { mariadbName, sqliteName } from '../database/database-name.ts';
import type { WatchedStore } from '../queue/alert-store.ts';
import type { QueueStore } from '../queue/queue-store.ts';

/** Where the queue is. */
export type StoreSettings = DatabaseSettings;

/** The database as people know it, the same words as in its error messages; never with the password. */
export function databaseName(settings: StoreSettings): string {
  return settings.kind === 'mariadb' ? mariadbName(settings) : sqliteName(settings.file);
}

/** Who is told of a server. */
export interface StoreListeners {
  /** What it is set to that costs something. */
  readonly onWarning?: (warning: string) => void;
  /** Whether connections to it are encrypted, and by what it was known, in words. */
  readonly onConnected?: (encryption: string) => void;
}

/** Opens the queue on the database that the settings name. Only that database's driver is loaded. */
export async function openStore(
  settings: StoreSettings,
  listeners: StoreListeners = {},
): Promise<WatchedStore> {
  if (settings.kind === 'mariadb') {
    const { openMariadbStore } = await import('./mariadb-store.ts');
    return await openMariadbStore(settings, listeners);
  }
  const { openSqliteStore } = await import('./sqlite-store.ts');
  return await openSqliteStore(settings.file);
}

/** Opens the queue for `work` and closes it again, whatever happens. Throws as openStore does. */
export async function withStore<T>(
  settings: StoreSettings,
  work: (store: QueueStore) => Promise<T>,
): Promise<T> {
  const store = await openStore(settings);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
