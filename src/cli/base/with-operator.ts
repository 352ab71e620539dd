import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { AiIpcError } from '../../base/errors.ts';
import type { DatabaseSettings } from '../../config/load.ts';
import { type Operator, openOperator } from '../../operator/operator.ts';
import { databaseName } from '../../store/open-store.ts';
import { type SettingsOptions, settingsFrom } from './settings-options.ts';

/**
 * Runs `work` on the queue as its operator sees it. What is asked for stands alone on stdout: the database's name goes to
 * stderr. A SQLite file that is not there is refused: a mistyped name would make a new one, in which nothing is wrong.
 */
export async function withOperator<T>(
  options: SettingsOptions,
  work: (operator: Operator) => Promise<T>,
): Promise<T> {
  const { database } = settingsFrom(options);
  process.stderr.write(`Database: ${databaseName(database)}\n`);
  checkThere(database);
  const operator = await openOperator(database);
  try {
    return await work(operator);
  } finally {
    await operator.close();
  }
}

/** A SQLite file that is not there would be made, and be empty. Throws AiIpcError storage_failed. */
export function checkThere(database: DatabaseSettings): void {
  if (database.kind !== 'sqlite' || existsSync(database.file)) return;
  const message = `The SQLite file ${database.file} is not there: no worker has made it. Name another one with --database.`;
  throw new AiIpcError('storage_failed', message);
}

/** Who is at work here, for the log. Under sudo it is who called it. */
export function nameOfUser(): string {
  const { SUDO_USER, USER } = process.env;
  return SUDO_USER || accountName() || USER || `user ${process.getuid?.() ?? 'unknown'}`;
}

/** A user id without a name, as containers have them, is an error there. */
function accountName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
