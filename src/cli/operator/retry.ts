import { Command } from 'commander';
import type { ActionResult } from '../../operator/actions.ts';
import { idFrom, wholeNumberFrom } from '../base/client-command.ts';
import { type SettingsOptions, withSettingsOptions } from '../base/settings-options.ts';
import { print } from '../base/terminal.ts';
import { nameOfUser, withOperator } from '../base/with-operator.ts';

interface RetryOptions extends SettingsOptions {
  readonly timeout?: string;
  readonly json?: boolean;
}

/** `ai-ipc retry`: asks ended requests once more. */
export function retryCommand(): Command {
  const command = new Command('retry')
    .description('ask ended requests once more, each as a new request with a new life; print its id')
    .argument('<ids...>', 'the ids of requests that completed, failed, timed out or were cancelled')
    .option('--timeout <SECONDS>', 'the life of the new ones (default: as long as the old ones had)')
    .option('--json', 'print {"done": [{"id", "as"}], "refused": [{"id", "reason"}]}')
    .addHelpText(
      'after',
      `
The old request stays as it ended, since a script may have read it. Who did it stands in ai_request_log of both (event
resent), and \`ai-ipc show\` tells it.

Exit codes: 0 all were asked again; 1 one was not, and stderr says why; 2 wrong call; 78 an admin must act.

Example:
  ai-ipc requests --status failed --since 1h --ids | xargs ai-ipc retry`,
    );
  return withSettingsOptions(command).action((ids: readonly string[], options: RetryOptions) =>
    withOperator(options, async (operator) => {
      const timeoutSeconds =
        options.timeout === undefined ? undefined : wholeNumberFrom('--timeout', options.timeout);
      const result = await operator.resend(ids.map(idFrom), { by: nameOfUser(), timeoutSeconds });
      tell(result, options);
      if (result.refused.length > 0) process.exitCode = 1;
    }),
  );
}

/** The ids of the new ones alone on stdout, for `ai-ipc status` and its kind. */
function tell({ done, refused }: ActionResult, { json }: RetryOptions): void {
  if (json) {
    print(JSON.stringify({ done, refused }));
    return;
  }
  for (const { id, as } of done) {
    process.stderr.write(`Request ${id} is asked again as ${as}.\n`);
    print(String(as));
  }
  for (const { id, reason } of refused)
    process.stderr.write(`Request ${id} is not asked again: ${reason}.\n`);
}
