import type { DatabaseSettings } from '../config/load.ts';
import { openServiceDatabase, type ServiceDatabase } from '../service/service-database.ts';
import { databaseName, type SettingsOptions, settingsFrom } from './settings-options.ts';

/** Runs `work` on what the AI service keeps in the database. The value stands alone on stdout: names go to stderr. */
export async function withServiceDatabase<T>(
  options: SettingsOptions,
  work: (opened: ServiceDatabase) => Promise<T>,
): Promise<T> {
  const settings = settingsFrom(options).database;
  process.stderr.write(`Database: ${databaseName(settings)}\n`);
  const opened = await openServiceDatabase(withOneConnection(settings));
  try {
    return await work(opened);
  } finally {
    await opened.database.close();
  }
}

function withOneConnection(settings: DatabaseSettings): DatabaseSettings {
  return settings.kind === 'mariadb' ? { ...settings, minPoolSize: 0, maxPoolSize: 1 } : settings;
}
