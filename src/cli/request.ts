import { Command } from 'commander';
import { AiIpcError } from '../base/errors.ts';
import { type ClientCommandOptions, runClientCommand, wholeNumberFrom } from './base/client-command.ts';
import { dataFrom, QUOTES_HINT } from './base/data-argument.ts';
import { withSettingsOptions } from './base/settings-options.ts';

interface RequestCommandOptions extends ClientCommandOptions {
  readonly npc?: string;
  readonly map?: string;
}

/** `ai-ipc request`: ai_db_request from the shell. */
export function requestCommand(): Command {
  const command = new Command('request')
    .description('insert a request and print its id (-1 and a reason when it is refused)')
    .argument('<type>', 'what kind of request, such as dialogue (at most 50 bytes)')
    .argument('<endpoint>', 'the path on the AI service, such as /api/v1/npc/dialogue')
    .argument(
      '[data]',
      'JSON text, at most 65,535 bytes; @FILE for that of a file, - for standard input',
      '{}',
    )
    .argument('[priority]', '1 to 10, lower is served first', '5')
    .argument('[timeout_seconds]', 'its life; default: the timeout_seconds of the running workers, else 30')
    .option('--npc <NAME>', 'the NPC that asks')
    .option('--map <NAME>', 'the map that it stands on')
    .option('--json', 'print {"id": …}')
    .addHelpText(
      'after',
      `
Examples:
  ai-ipc request dialogue /api/v1/npc/dialogue '{"message":"Hello"}' 3 20
  ai-ipc request dialogue /api/v1/npc/dialogue @question.json`,
    );
  return withSettingsOptions(command).action((...given: RequestArguments) => insertRequest(given));
}

/** What commander hands over: the arguments in their order, then the options. */
type RequestArguments = [
  type: string,
  endpoint: string,
  data: string,
  priority: string,
  timeoutSeconds: string | undefined,
  options: RequestCommandOptions,
];

async function insertRequest([
  type,
  endpoint,
  data,
  priority,
  timeoutSeconds,
  options,
]: RequestArguments): Promise<void> {
  await runClientCommand(options, async (ai) => {
    const request = ai.request(type, endpoint, await dataFrom(data), {
      priority: wholeNumberFrom('priority', priority),
      ...(timeoutSeconds === undefined
        ? {}
        : { timeoutSeconds: wholeNumberFrom('timeout_seconds', timeoutSeconds) }),
      ...(options.npc === undefined ? {} : { sourceNpc: options.npc }),
      ...(options.map === undefined ? {} : { sourceMap: options.map }),
    });
    const id = await request.catch((error: unknown) => {
      throw isFromShell(data) ? withQuotesHint(error) : error;
    });
    return { value: id, json: { id } };
  });
}

/** What the shell handed over as the text itself. */
function isFromShell(data: string): boolean {
  return data !== '-' && !data.startsWith('@');
}

function withQuotesHint(error: unknown): unknown {
  if (!(error instanceof AiIpcError) || error.code !== 'bad_json') return error;
  return new AiIpcError('bad_json', `${error.message} ${QUOTES_HINT}`, { cause: error });
}
