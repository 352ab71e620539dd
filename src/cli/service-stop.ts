import { Command } from 'commander';
import { AiIpcError } from '../base/errors.ts';
import { DEFAULT_PORT } from '../service/server.ts';
import { wholeNumberFrom } from './base/client-command.ts';
import { sayStop } from './base/stop-pipe.ts';
import { print } from './base/terminal.ts';

/** `ai-ipc service stop`: ends the AI service of this machine where no signal can be sent, as to a Windows service. */
export function serviceStopCommand(): Command {
  return new Command('stop')
    .description('stop the AI service of this machine that listens on a port, without a signal')
    .option('--port <number>', 'the port that it listens on', String(DEFAULT_PORT))
    .addHelpText(
      'after',
      '\nRun it as the user that the service runs as, or as root. Exit codes: 0 asked; 1 none is there.',
    )
    .action(stopService);
}

/** The name of a service's pipe: two cannot listen on one port. */
export function serviceStopName(port: number): string {
  return `service-${port}`;
}

async function stopService(_: unknown, command: Command): Promise<void> {
  // `service` has a --port of its own, which takes the word wherever it stands.
  const { port } = command.optsWithGlobals<{ port: string | number }>();
  const number = wholeNumberFrom('--port', String(port));
  if (!(await sayStop(serviceStopName(number), 'stop')))
    throw new AiIpcError(
      'not_stopped',
      `No AI service of this user listens on port ${number} here. A unit of systemd: systemctl stop.`,
    );
  print(`AI service on port ${number}: asked to stop, answers in the making may take 3 s`);
}
