import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { AiIpcError, messageOf } from '../../base/errors.ts';
import type { LintFile, LintReport } from '../../rathena/lint/lint.ts';
import type { Finding } from '../../rathena/lint/rules/finding.ts';
import { print } from '../base/terminal.ts';
import { PACKAGE_FOLDER } from './package-folder.ts';

interface LintOptions {
  readonly json?: boolean;
}

const SCRIPTS = /\.(?:txt|ya?ml)$/i;

/** `ai-ipc rathena lint FILE…`: what goes wrong with AI calls in NPC scripts. */
export function lintCommand(): Command {
  return new Command('lint')
    .description('read NPC scripts and item databases and tell what goes wrong with AI calls in them')
    .argument('<files...>', 'scripts, or folders with them (.txt, .yml)')
    .option(
      '--json',
      'print {"files", "scripts", "findings": [{"file", "line", "rule", "reason", "remedy"}]}',
    )
    .addHelpText(
      'after',
      `
It finds, each with its line and what to write in its place: what a player typed in JSON without F_AI_JsonEscape; a
request's id whose -1 nobody looks at; a wait in the script of an item or in OnPCLogoutEvent; "case AI_REQ_…"; an id that
atoi or %d cuts; words of the AI or of a player in select, setd or query_sql as they are; a dialogue without close;
requests in a loop without a pause; functions and commands that there are not, and arguments that they do not take. It
follows texts through the functions of all files that it is given. It changes nothing.

Exit codes: 0 nothing to say; 1 something was found; 2 wrong call.

Example:
  ai-ipc rathena lint npc/custom`,
    )
    .action(runLint);
}

async function runLint(places: readonly string[], { json = false }: LintOptions): Promise<void> {
  // Loaded only here: it is the greater part of all commands for rAthena.
  const { lint, readLibrary } = await import('../../rathena/lint/lint.ts');
  const { readCommands } = await import('../../rathena/lint/flow/signatures.ts');
  const files = places.flatMap(filesAt);
  const report = lint({
    files,
    library: readLibrary(libraryFiles()),
    commands: readCommands(commandsText()),
  });
  if (json) print(JSON.stringify({ files: files.length, ...report }));
  else print(...report.findings.flatMap(linesOf), summaryOf(report, files.length));
  process.exitCode = report.findings.length === 0 ? 0 : 1;
}

/** What the scripts of this package define, so that no list of functions can be out of date. */
function libraryFiles(): LintFile[] {
  return filesAt(join(PACKAGE_FOLDER, 'npc')).filter(({ path }) => !/[\\/]test[\\/]/.test(path));
}

function commandsText(): string {
  return readFileSync(join(PACKAGE_FOLDER, 'src/custom/script_ai_ipc_def.inc'), 'latin1');
}

/** A file, or all scripts in a folder. */
function filesAt(place: string): LintFile[] {
  try {
    if (!statSync(place).isDirectory()) return [readLatin1(place)];
    const names = readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && SCRIPTS.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
    if (names.length === 0)
      throw new AiIpcError('bad_argument', `${place} has no script (.txt, .yml) in it.`);
    return names.sort().map(readLatin1);
  } catch (error) {
    if (error instanceof AiIpcError) throw error;
    throw new AiIpcError(
      'bad_argument',
      `"${place}" cannot be read (${messageOf(error)}). Name a script or a folder.`,
      {
        cause: error,
      },
    );
  }
}

function readLatin1(path: string): LintFile {
  return { path, text: readFileSync(path, 'latin1') };
}

function linesOf({ file, line, rule, reason, remedy }: Finding): string[] {
  const place = styleText('bold', `${shownPath(file)}:${line}`);
  return [`${place}: ${reason} [${rule}]`, `    ${remedy}`];
}

/** As short as it can be named from here. */
function shownPath(path: string): string {
  const near = relative('', path);
  return near.length < path.length ? near : path;
}

function summaryOf({ findings, scripts }: LintReport, files: number): string {
  const read = `${scripts} script${scripts === 1 ? '' : 's'} in ${files} file${files === 1 ? '' : 's'}`;
  if (findings.length === 0) return styleText('green', `${read}: nothing to say.`);
  return `${read}: ${findings.length} finding${findings.length === 1 ? '' : 's'}.`;
}
