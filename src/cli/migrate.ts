import { styleText } from 'node:util';
import { confirm as ask, isCancel } from '@clack/prompts';
import { Command } from 'commander';
import { startWarningsOf } from '../config/warnings.ts';
import { migrate, migrateSqlite } from '../database/migrate.ts';
import { databaseName } from '../store/open-store.ts';
import { progressBar } from './base/progress.ts';
import { loadedFrom, type SettingsOptions, withSettingsOptions } from './base/settings-options.ts';
import { isTerminal, print } from './base/terminal.ts';

interface Options extends SettingsOptions {
  readonly yes?: boolean;
}

/** `ai-ipc migrate`: brings the configured database to the present schema. */
export function migrateCommand(): Command {
  const command = new Command('migrate')
    .description(
      'make the tables in the database, or bring older ones up to date; can be run again at any time',
    )
    .option('--yes', 'do not ask before tables of more than 100,000 rows are copied');
  return withSettingsOptions(command).action(runMigrate);
}

async function runMigrate(options: Options): Promise<void> {
  const loaded = loadedFrom(options);
  const { database } = loaded.settings;
  print(`Database: ${databaseName(database)}`);
  for (const warning of startWarningsOf(loaded)) print(`WARNING ${warning}`);
  if (database.kind === 'sqlite') {
    await migrateSqlite(database.file, print);
    return;
  }
  const bar = progressBar(process.stdout);
  const { from, to, hasRestored } = await migrate({
    settings: database,
    onStep(text) {
      bar.clear();
      print(text);
    },
    onCopy: ({ percent }) => bar.show({ label: 'Copying', done: percent, whole: 100 }),
    confirm: confirmWith(options),
  }).finally(() => bar.clear());
  print(styleText('green', from === to ? RESULTS[`${hasRestored}`] : RESULTS.upgraded));
}

const RESULTS = {
  true: 'What was missing is there again.',
  false: 'Nothing to upgrade.',
  upgraded: 'Done. Now `ai-ipc worker` can serve requests.',
} as const;

/** Without a terminal nobody can answer: the caller then says to use --yes. */
function confirmWith({ yes = false }: Options): (rows: number) => Promise<boolean> {
  return async (rows) => {
    if (yes) return true;
    if (!isTerminal()) return false;
    const answer = await ask({
      message: `The tables have ${rows} rows. Copying them takes a while, in which NPCs wait. Begin?`,
      initialValue: false,
    });
    return !isCancel(answer) && answer;
  };
}
