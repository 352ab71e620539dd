import Table from 'cli-table3';
import { Command } from 'commander';
import { describeSettings, type SettingsDescription } from '../config/describe.ts';
import { databaseName } from '../store/open-store.ts';
import { loadOptionsFrom, type SettingsOptions, withSettingsOptions } from './base/settings-options.ts';

/** `ai-ipc config check`: the settings in effect, or everything that is wrong with them (AiIpcError bad_settings). */
export function configCommand(): Command {
  const command = new Command('config').description('check the settings: see `ai-ipc config check`');
  const check = new Command('check').description(
    'show every setting in effect and where it came from; exit code 78 when one is wrong',
  );
  withSettingsOptions(check).action((options: SettingsOptions) => {
    process.stdout.write(report(describeSettings(loadOptionsFrom(options))));
  });
  return command.addCommand(check);
}

function report({ database, chosenBy, effective, warnings }: SettingsDescription): string {
  const why = chosenBy === undefined ? 'the default: nothing names MariaDB' : `chosen by ${chosenBy}`;
  const table = new Table({
    head: ['setting', 'value', 'unit', 'source'],
    // The default style writes colour codes into pipes and files.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    chars: BARE,
  });
  table.push(...effective.map(({ key, value, unit, source }) => [key, value, unit, source]));
  const lines = [
    `Database: ${databaseName(database)} (${why})`,
    '',
    table.toString().replace(/ +$/gm, ''),
    '',
    ...warnings.map((warning) => `WARNING ${warning}`),
    warnings.length === 0 ? 'The settings are good.' : 'The settings can be used; see the warnings above.',
    'Nothing was connected to: `ai-ipc selftest` tries the database, the worker and the AI service.',
  ];
  return `${lines.join('\n')}\n`;
}

/** No lines, two spaces between columns: easy to read, and to cut apart with other tools. */
const BARE = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;
