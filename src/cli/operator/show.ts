import { Command } from 'commander';
import { AiIpcError } from '../../base/errors.ts';
import { idFrom } from '../base/client-command.ts';
import { type SettingsOptions, withSettingsOptions } from '../base/settings-options.ts';
import { print, terminalWidth } from '../base/terminal.ts';
import { withOperator } from '../base/with-operator.ts';
import { storyLines } from './story-lines.ts';

interface ShowOptions extends SettingsOptions {
  readonly json?: boolean;
}

const UNBOUND_WIDTH = 120;

/** `ai-ipc show`: everything about one request. */
export function showCommand(): Command {
  const command = new Command('show')
    .description(
      'tell everything about one request: its attempts, where its time went, its data and its answer',
    )
    .argument('<id>', 'the id that `ai-ipc request` or `ai-ipc requests` printed')
    .option('--json', 'print {"request", "response", "verdict", "events", "stretches", "nowMs"}')
    .addHelpText(
      'after',
      `
waited: pending. AI: the call of the AI service. settle: the rest of the time that a worker held it. It prints what the
player said.

Exit codes: 0 it was found; 1 it was not, or the database is in the way; 2 wrong call; 78 an admin must act.`,
    );
  return withSettingsOptions(command).action((id: string, options: ShowOptions) =>
    withOperator(options, async (operator) => {
      const story = await operator.story(idFrom(id));
      if (story === undefined)
        throw new AiIpcError(
          'bad_id',
          `There is no request ${id}. Cleanup deletes old ones; ai-ipc requests lists what there is.`,
        );
      const width = terminalWidth();
      const lines = () => storyLines(story, Number.isFinite(width) ? width : UNBOUND_WIDTH);
      print(...(options.json ? [JSON.stringify(story)] : lines()));
    }),
  );
}
