import { Command } from 'commander';
import { type ClientCommandOptions, idFrom, runClientCommand } from './base/client-command.ts';
import { withSettingsOptions } from './base/settings-options.ts';

/** `ai-ipc response`: ai_db_response from the shell. */
export function responseCommand(): Command {
  const command = new Command('response')
    .description("print a request's answer (an empty line while there is none)")
    .argument('<id>', 'the id that `ai-ipc request` printed')
    .option(
      '--json',
      'print {"id", "status", "response", "error_code", "error_message", "processing_time_ms"}',
    );
  return withSettingsOptions(command).action((id: string, options: ClientCommandOptions) =>
    runClientCommand(options, async (ai) => {
      const view = await ai.read(idFrom(id));
      const json = {
        id: idFrom(id),
        status: view?.status ?? 'not_found',
        response: view?.responseData ?? '',
        error_code: view?.errorCode ?? null,
        error_message: view?.errorMessage ?? null,
        processing_time_ms: view?.processingTimeMs ?? null,
      };
      return { value: json.response, json };
    }),
  );
}
