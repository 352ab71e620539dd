import { AiIpcError, messageOf } from '../../base/errors.ts';
import { AiIpc } from '../../client/ai-ipc.ts';
import type { Settings } from '../../config/load.ts';
import type { QueueStore } from '../../queue/queue-store.ts';
import { databaseName, openStore } from '../../store/open-store.ts';
import { type SettingsOptions, settingsFrom } from './settings-options.ts';
import { type PrintedValue, printValue } from './terminal.ts';

export interface ClientCommandOptions extends SettingsOptions {
  readonly json?: boolean;
}

/**
 * Runs one of the client commands: opens the queue, prints what it gives on stdout, closes. A failure prints -1 on
 * stdout and the reason on stderr, and ends with exit code 1 (78 where an admin must act).
 */
export async function runClientCommand(
  options: ClientCommandOptions,
  work: (ai: AiIpc, store: QueueStore) => Promise<PrintedValue>,
): Promise<void> {
  try {
    const printed = await withClient(settingsFrom(options), work);
    printValue(options, printed);
  } catch (error) {
    const code = error instanceof AiIpcError ? error.code : 'database_failed';
    printValue(options, { value: -1, json: { error: { code, message: messageOf(error) } } });
    throw error;
  }
}

/** The value stands alone on stdout, so the database is named on stderr. */
async function withClient<T>(
  settings: Settings,
  work: (ai: AiIpc, store: QueueStore) => Promise<T>,
): Promise<T> {
  process.stderr.write(`Database: ${databaseName(settings.database)}\n`);
  const store = await openStore(settings.database, { mayBeReadOnly: true });
  const ai = new AiIpc(store);
  try {
    return await work(ai, store);
  } finally {
    await ai.close();
  }
}

/** An id from the command line: a whole number, exact. */
export function idFrom(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new AiIpcError('bad_id', `The id "${text}" is not a whole number.`);
  const id = Number(text);
  if (Number.isSafeInteger(id)) return id;
  throw new AiIpcError('id_too_large', `The id ${text} is above 2^53 and cannot be told exactly.`);
}

/** A number from the command line: no words, no units. */
export function wholeNumberFrom(name: string, text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new AiIpcError('bad_argument', `${name} "${text}" is not a whole number.`);
}
