import { Command } from 'commander';
import { clampAgeSeconds } from '../queue/request-rules.ts';
import { type ClientCommandOptions, runClientCommand, wholeNumberFrom } from './base/client-command.ts';
import { count } from './base/figures.ts';
import { progressBar } from './base/progress.ts';
import { withSettingsOptions } from './base/settings-options.ts';

/** `ai-ipc cleanup`: ai_db_cleanup from the shell. */
export function cleanupCommand(): Command {
  const command = new Command('cleanup')
    .description('delete ended requests, with their responses, and print how many requests went')
    .argument('[age_seconds]', 'those that ended longer ago than this: 60 to 2592000, clamped', '3600')
    .option('--json', 'print {"deleted"}');
  return withSettingsOptions(command).action((age: string, options: ClientCommandOptions) =>
    runClientCommand(options, async (_ai, store) => {
      const bar = progressBar();
      const onChunk = (lookedAt: number, gone: number) =>
        bar.show({ label: `Deleted ${count(gone)}`, done: lookedAt, unit: 'requests looked at' });
      try {
        const deleted = await store.cleanup({
          ageSeconds: clampAgeSeconds(wholeNumberFrom('age_seconds', age)),
          scan: 'whole',
          onChunk,
        });
        return { value: deleted, json: { deleted } };
      } finally {
        bar.clear();
      }
    }),
  );
}
