import { Command } from 'commander';
import { withStop } from '../base/stop.ts';
import { runDemo } from './run.ts';
import type { DemoOptions } from './settings.ts';

/** `ai-ipc demo` (`npm start`): everything in one process, and an NPC to talk to. */
export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'talk to an NPC through a queue, a worker and an AI service of its own: needs nothing but Node',
    )
    .option('--config <FILE>', 'read this file in place of ./inference_config.yaml')
    .option(
      '--database <WHERE>',
      'use this in place of a new SQLite file in the temp folder: mariadb://user@host:port/database ' +
        '(password in DB_PASSWORD), or sqlite:file',
    )
    .option('--ai-service <URL>', 'call this AI service in place of the one in this process')
    .addHelpText(
      'after',
      `
On a terminal it is a chat. Without one (in a pipe, or with </dev/null) it asks five questions and ends: exit code 0
when all were answered, else 1. AI_SERVICE_BASE_URL in the environment is used like --ai-service; so is the one in .env
or in the settings file, when it is not the default. AI_PROVIDER_URL and AI_MODEL let a model speak for the NPC.

Examples:
  npm start
  npm start -- --database mariadb://ragnarok@127.0.0.1/ragnarok`,
    )
    .action((options: DemoOptions) => withStop((stop) => runDemo(options, stop)));
}
