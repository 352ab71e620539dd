import { styleText } from 'node:util';
import { Command } from 'commander';
import { findGameFaults, GAME_CHECKS, type GameFinding } from '../../rathena/game-checks.ts';
import { type GameFacts, readTree, type TreeFacts } from '../../rathena/game-facts.ts';
import { print } from '../base/terminal.ts';
import { folderFrom, packageFiles } from './package-folder.ts';

interface CheckOptions {
  readonly json?: boolean;
  readonly files?: boolean;
}

/** `ai-ipc rathena check DIR`: everything on the game's side, with what to do about each thing that is wrong. */
export function checkCommand(): Command {
  return new Command('check')
    .description('go through everything on the game’s side: files, build, settings, database, worker')
    .argument('<dir>', 'the folder of the rAthena source')
    .option('--files', 'look at the files alone, and not into the database')
    .option('--json', 'print {"root", "version", "findings": [{"check", "weight", "reason", "remedy"}]}')
    .addHelpText(
      'after',
      `
It connects as the map server does (map_server_… in conf/inter_athena.conf and conf/import/inter_conf.txt), and where a
worker is alive it sends one request for the health of the AI service. Nothing else is changed.

Exit codes: 0 all is as it should be; 1 something is to be mended; 2 wrong call.`,
    )
    .action(runCheck);
}

async function runCheck(dir: string, { json = false, files = false }: CheckOptions): Promise<void> {
  const facts = await gatherFacts(dir, { isFilesAlone: files, sendsRequest: true });
  const findings = findGameFaults(facts);
  const hasFault = findings.some(({ weight }) => weight === 'mend');
  process.exitCode = hasFault ? 1 : 0;
  const { root, version } = facts.tree.report;
  if (json) print(JSON.stringify({ root, version: version ?? null, findings }));
  else print(stateLine(facts.tree), ...linesOf(facts, findings), endLine(findings));
}

interface GatherOptions {
  readonly isFilesAlone: boolean;
  /** Whether one request goes there and back, where a worker is alive. */
  readonly sendsRequest: boolean;
}

/** What `doctor` asks for, too. */
export async function gatherFacts(
  dir: string,
  { isFilesAlone, sendsRequest }: GatherOptions,
): Promise<GameFacts> {
  const tree = readTree({ dir: folderFrom(dir), files: packageFiles() });
  const { mapDatabase, report } = tree;
  if (isFilesAlone || mapDatabase === undefined || !report.isThere) return { tree, database: undefined };
  const { lookAtDatabase } = await import('./database-facts.ts');
  return { tree, database: await lookAtDatabase(mapDatabase, sendsRequest) };
}

function stateLine({ report: { root, isThere, version } }: TreeFacts): string {
  if (!isThere) return `AI IPC is not installed in ${root}.`;
  if (version !== undefined) return `AI IPC ${version} is installed in ${root}.`;
  return `Some files of AI IPC are in ${root}, without its commands:`;
}

/** A line a check, and under it what is wrong. */
function linesOf({ tree, database }: GameFacts, findings: readonly GameFinding[]): string[] {
  if (!tree.report.isThere) return findings.flatMap(findingLines);
  const needsDatabase = ['connection', 'rights', 'worker', 'way'];
  const isReached = database !== undefined && database.trouble === undefined;
  return GAME_CHECKS.flatMap(({ name, of }) => {
    const own = findings.filter(({ check }) => check === name);
    const isLeftOut =
      own.length === 0 &&
      needsDatabase.includes(name) &&
      (database === undefined || (!isReached && name !== 'connection'));
    const isUnserved = name === 'way' && isReached && database.way === undefined;
    return [
      `${wordFor(own, isLeftOut || isUnserved)}  ${name.padEnd(10)}  ${of}`,
      ...own.flatMap(findingLines),
    ];
  });
}

function wordFor(findings: readonly GameFinding[], isLeftOut: boolean): string {
  if (findings.some(({ weight }) => weight === 'mend')) return styleText('red', 'mend');
  if (isLeftOut) return styleText('yellow', '  — ');
  return styleText('green', 'good');
}

function findingLines({ reason, remedy }: GameFinding): string[] {
  return [`      ${reason}`, ...(remedy === '' ? [] : [`      → ${remedy}`])];
}

function endLine(findings: readonly GameFinding[]): string {
  const count = findings.filter(({ weight }) => weight === 'mend').length;
  if (count === 0) return styleText('green', 'All is as it should be.');
  return `${count} thing${count === 1 ? '' : 's'} to mend.`;
}
