import type { DatabaseSettings } from '../config/settings.ts';
import { mariadbName, sqliteName } from '../database/database-name.ts';
import type { WatchedStore } from '../queue/alert-store.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import type { StoreOptions } from './store-options.ts';

/** Where the queue is. */
export type StoreSettings = DatabaseSettings;

/** The database as people know it, the same words as in its error messages; never with the password. */
export function databaseName(settings: StoreSettings): string {
  return settings.kind === 'mariadb' ? mariadbName(settings) : sqliteName(settings.file);
}

/** Opens the queue on the database that the settings name. Only that database's driver is loaded. */
export async function openStore(settings: StoreSettings, options: StoreOptions = {}): Promise<WatchedStore> {
  if (settings.kind === 'mariadb') {
    const { openMariadbStore } = await import('./mariadb-store.ts');
    return await openMariadbStore(settings, options);
  }
  const { openSqliteStore } = await import('./sqlite-store.ts');
  return await openSqliteStore(settings.file, options);
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
