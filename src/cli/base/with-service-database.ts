import { existsSync } from 'node:fs';
import { AiIpcError } from '../../base/errors.ts';
import type { DatabaseSettings } from '../../config/load.ts';
import { openServiceDatabase, type ServiceDatabase } from '../../service/base/service-database.ts';
import { databaseName } from '../../store/open-store.ts';
import { type SettingsOptions, settingsFrom } from './settings-options.ts';

interface ServiceDatabaseOptions {
  /** A SQLite file that is not there is refused, and not made. Default false. */
  readonly isOld?: boolean;
}

/**
 * Runs `work` on what the AI service keeps in the database. The value stands alone on stdout: names go to stderr.
 * Throws AiIpcError: storage_failed for a SQLite file that must be there and is not, else as openServiceDatabase.
 */
export async function withServiceDatabase<T>(
  options: SettingsOptions,
  work: (opened: ServiceDatabase) => Promise<T>,
  { isOld = false }: ServiceDatabaseOptions = {},
): Promise<T> {
  const settings = settingsFrom(options).database;
  process.stderr.write(`Database: ${databaseName(settings)}\n`);
  if (isOld && settings.kind === 'sqlite') checkThere(settings.file);
  const opened = await openServiceDatabase(withOneConnection(settings), { mayBeReadOnly: true });
  try {
    return await work(opened);
  } finally {
    await opened.database.close();
  }
}

/** A mistyped name would make a new, empty database, in which all that was asked for seems to be done. */
function checkThere(file: string): void {
  if (existsSync(file)) return;
  const message = `The SQLite file ${file} is not there: no worker and no AI service has made it. Name theirs with --database.`;
  throw new AiIpcError('storage_failed', message);
}

function withOneConnection(settings: DatabaseSettings): DatabaseSettings {
  return settings.kind === 'mariadb' ? { ...settings, minPoolSize: 0, maxPoolSize: 1 } : settings;
}
