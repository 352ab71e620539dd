import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { Command } from 'commander';
import { AiIpcError, messageOf } from '../base/errors.ts';
import { databaseName } from '../store/open-store.ts';
import { exportQueue } from '../transfer/export-queue.ts';
import { progressBar } from './base/progress.ts';
import { type SettingsOptions, settingsFrom, withSettingsOptions } from './base/settings-options.ts';

/** `ai-ipc export`: all tables as lines of JSON. */
export function exportCommand(): Command {
  const command = new Command('export')
    .description(
      'write all tables of the database into a file, for `ai-ipc import` on another server or SQLite',
    )
    .argument('<file>', 'a file that is not there yet; - for stdout')
    .addHelpText(
      'after',
      `
The tables are written as they are at one moment; worker and NPCs may go on meanwhile. What is moved for good is moved
without a worker and without the AI service. The file holds what players said: keep it as you keep the database.

Exit codes: 0 written; 1 the database or the disk is in the way; 2 wrong option or file; 78 an admin must act.

Example:
  ai-ipc export queue.ndjson
  ai-ipc export - | ai-ipc import - --database sqlite:copy.sqlite`,
    );
  return withSettingsOptions(command).action(runExport);
}

async function runExport(file: string, options: SettingsOptions): Promise<void> {
  const { database } = settingsFrom(options);
  // The rows may be what stands on stdout.
  process.stderr.write(`Database: ${databaseName(database)}\n`);
  const sink = file === '-' ? STDOUT : await openFile(file);
  const bar = progressBar();
  const onTable = (table: string, rows: number) => {
    bar.clear();
    process.stderr.write(`${table}: ${rows} rows\n`);
  };
  const onRows = (done: number, whole: number) => bar.show({ label: 'Exporting', done, whole, unit: 'rows' });
  try {
    const rows = await exportQueue({ database, write: sink.write, onTable, onRows });
    await sink.end();
    process.stderr.write(`Exported ${rows} rows.\n`);
  } finally {
    bar.clear();
    await sink.close();
  }
}

interface Sink {
  write(text: string): Promise<void>;
  /** All is written: now it has its name. */
  end(): Promise<void>;
  close(): Promise<void>;
}

const STDOUT: Sink = {
  async write(text) {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  },
  end: async () => undefined,
  close: async () => undefined,
};

/** The file has its name only when it is whole. What a killed export left behind is written over by the next. */
async function openFile(file: string): Promise<Sink> {
  if (existsSync(file)) {
    throw new AiIpcError('bad_argument', `${file} is there already. Delete it, or choose another name.`);
  }
  const part = `${file}.part`;
  const handle: FileHandle = await orStorageFailed(part, () => open(part, 'w', 0o600));
  return {
    write: (text) => orStorageFailed(part, () => handle.writeFile(text)),
    end: () =>
      orStorageFailed(part, async () => {
        await handle.sync();
        await rename(part, file);
      }),
    close: () => handle.close(),
  };
}

async function orStorageFailed<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const message = `Cannot write ${file} (${messageOf(error)}). Check that the folder exists, can be written and has room.`;
    throw new AiIpcError('storage_failed', message, { cause: error });
  }
}
