import type { DatabaseSettings } from '../config/settings.ts';
import type { QueueStore } from '../queue/queue-store.ts';

/** Where the queue is. */
export type StoreSettings = DatabaseSettings;

/** Opens the queue on the database that the settings name. Only that database's driver is loaded. */
export async function openStore(settings: StoreSettings): Promise<QueueStore> {
  if (settings.kind === 'mariadb') {
    const { openMariadbStore } = await import('./mariadb-store.ts');
    return await openMariadbStore(settings);
  }
  const { openSqliteStore } = await import('./sqlite-store.ts');
  return await openSqliteStore(settings.file);
}
