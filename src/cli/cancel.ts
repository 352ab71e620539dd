import { Command } from 'commander';
import { type ClientCommandOptions, idFrom, runClientCommand } from './base/client-command.ts';
import { withSettingsOptions } from './base/settings-options.ts';

/** `ai-ipc cancel`: ai_db_cancel from the shell. */
export function cancelCommand(): Command {
  const command = new Command('cancel')
    .description('cancel a pending or processing request; print 1, or 0 when it had ended or never was')
    .argument('<id>', 'the id that `ai-ipc request` printed')
    .option('--json', 'print {"id", "cancelled"}');
  return withSettingsOptions(command).action((id: string, options: ClientCommandOptions) =>
    runClientCommand(options, async (ai) => {
      const cancelled = await ai.cancel(idFrom(id));
      return { value: Number(cancelled), json: { id: idFrom(id), cancelled } };
    }),
  );
}
