import { Command, CommanderError } from 'commander';
import { AiIpcError, exitCodeOf, messageOf } from '../base/errors.ts';
import { packageVersion } from '../base/version.ts';

/** The commands, each loaded only when it is asked for: `ai-ipc status 7` needs no HTTP server. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import('./demo/command.ts')).demoCommand(),
  setup: async () => (await import('./setup/command.ts')).setupCommand(),
  worker: async () => (await import('./worker.ts')).workerCommand(),
  service: async () => (await import('./service.ts')).serviceCommand(),
  migrate: async () => (await import('./migrate.ts')).migrateCommand(),
  export: async () => (await import('./export.ts')).exportCommand(),
  import: async () => (await import('./import.ts')).importCommand(),
  config: async () => (await import('./config.ts')).configCommand(),
  rathena: async () => (await import('./rathena/command.ts')).rathenaCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  dashboard: async () => (await import('./dashboard.ts')).dashboardCommand(),
  top: async () => (await import('./operator/top.ts')).topCommand(),
  requests: async () => (await import('./operator/requests.ts')).requestsCommand(),
  show: async () => (await import('./operator/show.ts')).showCommand(),
  retry: async () => (await import('./operator/retry.ts')).retryCommand(),
  stats: async () => (await import('./operator/stats.ts')).statsCommand(),
  selftest: async () => (await import('./selftest/command.ts')).selftestCommand(),
  bench: async () => (await import('./bench/command.ts')).benchCommand(),
  talk: async () => (await import('./talk.ts')).talkCommand(),
  persona: async () => (await import('./persona.ts')).personaCommand(),
  npcs: async () => (await import('./npcs.ts')).npcsCommand(),
  memory: async () => (await import('./memory.ts')).memoryCommand(),
  request: async () => (await import('./request.ts')).requestCommand(),
  response: async () => (await import('./response.ts')).responseCommand(),
  status: async () => (await import('./status.ts')).statusCommand(),
  cancel: async () => (await import('./cancel.ts')).cancelCommand(),
  cleanup: async () => (await import('./cleanup.ts')).cleanupCommand(),
  ask: async () => (await import('./ask.ts')).askCommand(),
  completion: async () => (await import('./completion/command.ts')).completionCommand(() => makeProgram([])),
};

/** Runs one command; the exit code is left in process.exitCode. `words` are those after the program's name. */
export async function main(words: readonly string[]): Promise<void> {
  process.stdout.on('error', endQuietly);
  const program = await makeProgram(words);
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    const exitCode = report(error, words);
    // What a signal has set stays: shells and scripts look for its number.
    if (!process.exitCode) process.exitCode = exitCode;
  }
}

/** `ai-ipc … | head` closes the pipe: nobody reads on, and that is no error of ours. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

async function makeProgram(words: readonly string[]): Promise<Command> {
  const program = new Command('ai-ipc')
    .description('The bridge between game NPC scripts and an AI, over a database.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError()
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText(
      'after',
      '\nFirst time? `ai-ipc demo` needs nothing but Node. Settings: `ai-ipc config check`.',
    );
  for (const load of neededBy(words)) program.addCommand(await load());
  for (const command of [program, ...descendantsOf(program)]) prepare(command);
  return program;
}

/** Only the command that is named, none for the version; all of them for the help and for a name that nobody knows. */
function neededBy([name]: readonly string[]): readonly (() => Promise<Command>)[] {
  if (name === '-V' || name === '--version') return [];
  const load = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return load ? [load] : Object.values(COMMANDS);
}

function descendantsOf(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Errors are thrown to `main` in place of an exit in the middle of the process. */
function prepare(command: Command): void {
  command
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, 'ERROR')) });
}

function report(error: unknown, words: readonly string[]): number {
  // commander has printed its own; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const code = error instanceof AiIpcError ? `${error.code}: ` : '';
  process.stderr.write(`ERROR ${code}${messageOf(error)}${migrateHint(error, words)}\n`);
  if (!(error instanceof AiIpcError) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return exitCodeOf(error);
}

/**
 * On the same line, because the last line is what journald shows first.
 * The error says "run `ai-ipc migrate`": with the options that named this database, or it would migrate another.
 */
function migrateHint(error: unknown, words: readonly string[]): string {
  if (!(error instanceof AiIpcError) || !['schema_missing', 'schema_old'].includes(error.code)) return '';
  const options = words.flatMap((word, index) => {
    const [name, value = words[index + 1] ?? ''] = word.split(/=(.*)/s);
    return name === '--database' || name === '--config' ? [`${name} ${withoutPassword(value)}`] : [];
  });
  return options.length === 0 ? '' : ` Here that is: ai-ipc migrate ${options.join(' ')}`;
}

function withoutPassword(database: string): string {
  return database.replace(/^([a-z]+:\/\/[^:@/]*):.*@/is, '$1@');
}
