import { Command } from 'commander';
import { type ClientCommandOptions, runClientCommand, wholeNumberFrom } from './base/client-command.ts';
import { withSettingsOptions } from './base/settings-options.ts';

/** `ai-ipc cleanup`: ai_db_cleanup from the shell. */
export function cleanupCommand(): Command {
  const command = new Command('cleanup')
    .description('delete ended requests, with their responses, and print how many requests went')
    .argument('[age_seconds]', 'those that ended longer ago than this: 60 to 2592000, clamped', '3600')
    .option('--json', 'print {"deleted"}');
  return withSettingsOptions(command).action((age: string, options: ClientCommandOptions) =>
    runClientCommand(options, async (ai) => {
      const deleted = await ai.cleanup(wholeNumberFrom('age_seconds', age));
      return { value: deleted, json: { deleted } };
    }),
  );
}
