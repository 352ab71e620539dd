import { AiIpcError } from '../base/errors.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import { openStore } from '../store/open-store.ts';
import { type DatabaseOptions, storeSettings } from './database-options.ts';

/** Whoever gave options has set no variables: an error names what he can mend. */
const OPTIONS: readonly (readonly [RegExp, string])[] = [
  [/\bDB_HOST and DB_PORT\b/g, 'host and port'],
  [/\bDB_HOST\b/g, 'host'],
  [/\bDB_PORT\b/g, 'port'],
  [/\bDB_USER\b/g, 'user'],
  [/\bDB_PASSWORD\b/g, 'password'],
  [/\bDB_NAME\b/g, 'database'],
  [/\bDB_SSL_CA\b/g, 'sslCaFile'],
  [/\bmax_pool_size\b/g, 'maxPoolSize'],
  [/\bsqlite\.file\b/g, 'file'],
];

/** Opens the store of these options; its errors are in their words. Throws as openStore does. */
export async function openByOptions(database: DatabaseOptions): Promise<QueueStore> {
  const settings = storeSettings(database);
  try {
    return speakingOptions(await openStore(settings, { mayBeReadOnly: true }));
  } catch (error) {
    throw inOptionWords(error);
  }
}

/** The same error in the words of the options. */
function inOptionWords(error: unknown): unknown {
  if (!(error instanceof AiIpcError)) return error;
  const message = OPTIONS.reduce((text, [variable, option]) => text.replace(variable, option), error.message);
  if (message === error.message) return error;
  const { cause, requestIds } = error;
  return new AiIpcError(error.code, message, { cause, requestIds });
}

/** A store whose errors are in the words of the options; only what clients use. */
function speakingOptions(store: QueueStore): QueueStore {
  const told = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw inOptionWords(error);
    }
  };
  return {
    ...store,
    insert: (...request) => told(store.insert(...request)),
    read: (id) => told(store.read(id)),
    cancel: (id) => told(store.cancel(id)),
    cleanup: (options) => told(store.cleanup(options)),
    sightings: () => told(store.sightings()),
  };
}
