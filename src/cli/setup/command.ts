import { Command } from 'commander';
import type { SetupOptions } from './options.ts';
import { runSetup } from './run.ts';

/** `ai-ipc setup`: from a package that is installed to NPCs that are answered. */
export function setupCommand(): Command {
  return new Command('setup')
    .description(
      'bring this machine into order: database user, settings, tables, units, start; can be run again',
    )
    .option('--print', 'show everything that it would do, and do nothing')
    .option('--yes', 'ask nothing: flags, the settings file, and the answers that are shown are taken')
    .option('--db-host <HOST>', 'the database server, or the path of its socket (127.0.0.1)')
    .option('--db-port <NUMBER>', 'its port (3306)')
    .option('--db-name <NAME>', 'the database; made where it is missing (ragnarok)')
    .option('--db-user <NAME>', 'the database user; made where it is missing (ai_ipc)')
    .option(
      '--db-admin <WHERE>',
      'who makes both: root, root@host:port or root@/path/of/the/socket (root through the socket, as sudo mariadb)',
    )
    .option('--ai-service <URL>', 'an AI service of your own, in place of the one of the package')
    .option('--service-port <NUMBER>', 'the port of the AI service of the package (8000)')
    .option(
      '--user <NAME>',
      'the user of the machine as whom worker and service run; made where it is missing',
      'ai-ipc',
    )
    .option('--no-start', 'start nothing')
    .option(
      '--prefix <FOLDER>',
      'put files below this folder in place of /, and use no systemd: to try it, or for an image',
    )
    .addHelpText(
      'after',
      `
It does steps 2 to 5 of the README, and what is done already it leaves alone. At the end the doctor looks at everything.
Passwords come from the environment, or from files that DB_PASSWORD_FILE and DB_ADMIN_PASSWORD_FILE name there (what
stands behind sudo is seen by other users of the machine), never from an option: DB_PASSWORD is that of the database user (one is made
by chance where there is none), DB_ADMIN_PASSWORD that of --db-admin.

Exit codes: 0 all is well; 1 something is in the way, or the doctor has a warning; 2 the doctor finds something broken, or
the call was wrong; 78 a setting or the database needs you.

Examples:
  sudo ai-ipc setup
  sudo ai-ipc setup --print
  sudo ai-ipc setup --yes --db-user ragnarok --ai-service http://10.0.0.7:8000`,
    )
    .action(async (options: SetupOptions) => {
      process.exitCode = await runSetup(options);
      // A part that is dead would hold the process for as long as its own time-outs take.
      process.exit();
    });
}
