import { createReadStream } from 'node:fs';
import { Command } from 'commander';
import { AiIpcError, messageOf } from '../base/errors.ts';
import type { Settings } from '../config/load.ts';
import { databaseName } from '../store/open-store.ts';
import { type ImportResult, importQueue } from '../transfer/import-queue.ts';
import { progressBar } from './base/progress.ts';
import { type SettingsOptions, settingsFrom, withSettingsOptions } from './base/settings-options.ts';
import { print } from './base/terminal.ts';

/** `ai-ipc import`: the way back of `ai-ipc export`. */
export function importCommand(): Command {
  const command = new Command('import')
    .description(
      'read what `ai-ipc export` wrote into a database whose tables are empty, and compare every row',
    )
    .argument('<file>', 'the file; - for stdin')
    .addHelpText(
      'after',
      `
On MariaDB, make the tables first with \`ai-ipc migrate\`. No worker and no AI service may be at work on the database.
An import that was ended in its middle goes on when it is run again with the same export. When it is done, every row
has been read back and compared.

Exit codes: 0 imported, or it was before; 1 the file or the database is in the way; 2 wrong option or file; 78 the
database is not empty, or an admin must act.

Example:
  ai-ipc import queue.ndjson --database sqlite:copy.sqlite`,
    );
  return withSettingsOptions(command).action(runImport);
}

async function runImport(file: string, options: SettingsOptions): Promise<void> {
  const { database } = settingsFrom(options);
  print(`Database: ${databaseName(database)}`);
  const { rows, foundRows, wasDone } = await importWithBar(database, file);
  if (wasDone) return print(`This export was imported here before: nothing was changed.`);
  if (foundRows > 0) print('An import had been ended here in its middle: this one went on with it.');
  print(`Imported ${rows} rows, and compared each.`);
}

async function importWithBar(database: Settings['database'], file: string): Promise<ImportResult> {
  const bar = progressBar();
  let last = 0;
  let label = 'Importing';
  try {
    return await importQueue({
      database,
      chunks: chunksOf(file),
      onTable(table, rows) {
        bar.clear();
        print(`${table}: ${rows} rows`);
      },
      onRows(done, whole) {
        // From the first row on again: all are written, and are read back.
        if (done < last) label = 'Comparing';
        last = done;
        bar.show({ label, done, whole, unit: 'rows' });
      },
    });
  } finally {
    bar.clear();
  }
}

async function* chunksOf(file: string): AsyncGenerator<string> {
  const stream = file === '-' ? process.stdin.setEncoding('utf8') : createReadStream(file, 'utf8');
  try {
    for await (const chunk of stream) yield String(chunk);
  } catch (error) {
    throw new AiIpcError('bad_argument', `Cannot read ${file} (${messageOf(error)}).`, { cause: error });
  }
}
