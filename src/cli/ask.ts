import { Command } from 'commander';
import { AiIpcError } from '../base/errors.ts';
import { type ClientCommandOptions, runClientCommand, wholeNumberFrom } from './base/client-command.ts';
import { withSettingsOptions } from './base/settings-options.ts';
import { type Stop, withStop } from './base/stop.ts';

interface AskCommandOptions extends ClientCommandOptions {
  readonly npc?: string;
  readonly timeout?: string;
}

const ENDPOINT = '/api/v1/npc/dialogue';

/** `ai-ipc ask`: a dialogue request and its answer, in one command. */
export function askCommand(): Command {
  const command = new Command('ask')
    .description('say something to an NPC through the queue and print the answer (a worker must be running)')
    .argument('<message>', 'what the player says')
    .option('--npc <NAME>', 'the npc_id that the AI service knows')
    .option('--timeout <SECONDS>', 'the life of the request')
    .option('--json', 'print {"id", "status", "text", "json", "error"}')
    .addHelpText(
      'after',
      `
Without an answer it prints -1, and the reason on stderr. Ctrl-C, or SIGTERM, cancels the request.

Exit codes: 0 answered; 1 no answer; 2 wrong option; 78 an admin must act; 130 stopped by Ctrl-C; 143 by SIGTERM.

Example:
  ai-ipc ask --npc sage-of-prontera "Where am I?"`,
    );
  return withSettingsOptions(command).action((message: string, options: AskCommandOptions) =>
    withStop((stop) => runAsk(message, options, stop)),
  );
}

async function runAsk(message: string, options: AskCommandOptions, stop: Stop): Promise<void> {
  const { npc, timeout } = options;
  const data = { message, ...(npc === undefined ? {} : { npc_id: npc }) };
  try {
    await runClientCommand(options, async (ai) => {
      const result = await ai.ask('dialogue', ENDPOINT, data, {
        signal: stop.signal,
        ...(npc === undefined ? {} : { sourceNpc: npc }),
        ...(timeout === undefined ? {} : { timeoutSeconds: wholeNumberFrom('--timeout', timeout) }),
      });
      if (result.error) throw new AiIpcError(result.error.code, result.error.message);
      return { value: result.text, json: result };
    });
  } catch (error) {
    // An answer that was printed before the signal is a good end.
    process.exitCode = stop.exitCode();
    throw error;
  }
}
