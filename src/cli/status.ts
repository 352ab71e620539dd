import { Command } from 'commander';
import { statusCode } from '../queue/request.ts';
import { type ClientCommandOptions, idFrom, runClientCommand } from './base/client-command.ts';
import { withSettingsOptions } from './base/settings-options.ts';

/** `ai-ipc status`: ai_db_status from the shell. */
export function statusCommand(): Command {
  const command = new Command('status')
    .description("print a request's status code")
    .argument('<id>', 'the id that `ai-ipc request` printed')
    .option('--json', 'print {"id", "code", "status"}')
    .addHelpText(
      'after',
      '\nCodes: 0 not found, 1 pending, 2 processing, 3 completed, 4 failed, 5 timeout, 6 cancelled',
    );
  return withSettingsOptions(command).action((id: string, options: ClientCommandOptions) =>
    runClientCommand(options, async (ai) => {
      const status = (await ai.read(idFrom(id)))?.status;
      const code = statusCode(status);
      return { value: code, json: { id: idFrom(id), code, status: status ?? 'not_found' } };
    }),
  );
}
