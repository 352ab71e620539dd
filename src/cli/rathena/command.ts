import { styleText } from 'node:util';
import { Command } from 'commander';
import { type InstallReport, install } from '../../rathena/install.ts';
import { libraryLines, type PackageFiles } from '../../rathena/package-files.ts';
import { uninstall } from '../../rathena/uninstall.ts';
import { print } from '../base/terminal.ts';
import { checkCommand } from './check.ts';
import { lintCommand } from './lint.ts';
import { newCommand } from './new.ts';
import { folderFrom, packageFiles } from './package-folder.ts';

/** `ai-ipc rathena`: puts the script commands and NPCs into a rAthena source tree, and takes them out again. */
export function rathenaCommand(): Command {
  const command = new Command('rathena').description(
    'the script commands and NPCs for rAthena: install, check, uninstall; and for authors: new, lint',
  );
  const add = (name: string, description: string) =>
    command.command(name).description(description).argument('<dir>', 'the folder of the rAthena source');
  add(
    'install',
    'copy them into a rAthena source tree, or bring them up to date; can be run again at any time',
  )
    .option('--force', 'put files of ours that you have edited aside (….yours) and install ours')
    .action(runInstall);
  add('uninstall', 'put the tree back to what it was; what you have changed stays').action(runUninstall);
  return command.addCommand(checkCommand()).addCommand(newCommand()).addCommand(lintCommand());
}

function runInstall(dir: string, { force = false }: { readonly force?: boolean }): void {
  const files = packageFiles();
  const report = install({ dir: folderFrom(dir), files, isForced: force });
  print(...installLines(report, files), ...(report.hasChanged ? nextSteps(report, files) : []));
}

function installLines(report: InstallReport, { version }: PackageFiles): string[] {
  const { root, before, written, included, removed, kept, putAside, heldFast, hasChanged } = report;
  if (!hasChanged) return [styleText('green', `AI IPC ${version} is installed in ${root}: nothing to do.`)];
  const was = before === undefined || before === version ? '' : `, in place of ${before}`;
  return [
    styleText('green', `AI IPC ${version} is installed in ${root}${was}.`),
    ...written.map((path) => `  ${path}: written`),
    ...included.map((path) => `  ${path}: a line added at its end`),
    ...removed.map((path) => `  ${path}: removed, it was of the older version`),
    ...kept.map((path) => `  ${path}: kept, because you have edited it`),
    ...Object.entries(putAside).map(([path, name]) => `  ${path}: yours is now ${name}`),
    ...heldFast.map(heldLine),
  ];
}

function heldLine(path: string): string {
  return `  ${path}: a program holds it. Close that and delete it, or run this command again.`;
}

function nextSteps({ root }: InstallReport, files: PackageFiles): string[] {
  return [
    '',
    'What to do next:',
    ...buildSteps(root),
    '2. Make the tables: ai-ipc migrate. A database user with few rights needs those of deploy/grants.sql.',
    '3. Load the NPCs, with these lines in npc/scripts_custom.conf:',
    ...libraryLines(files).map((line) => `     ${line}`),
    '     npc: npc/custom/ai-world/sage_of_prontera.txt',
    '   To test it, and to be taken out again (it makes requests at each start of the map server):',
    '     npc: npc/custom/ai-world/test/test_ai_ipc_commands.txt',
    '4. Start the worker (ai-ipc worker) and the map server. In Prontera, at 150 150, stands the NPC "AI IPC Test".',
    'docs/rathena.md tells more.',
  ];
}

function buildSteps(root: string): string[] {
  if (process.platform === 'win32')
    return ['1. Build the map server: open rAthena.sln in Visual Studio, and build map-server.'];
  return [
    `1. Build the map server: cd ${quoted(root)} && ./configure && make server`,
    '   (./configure only the first time)',
  ];
}

/** As a shell takes it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function runUninstall(dir: string): void {
  const { root, hasChanged, removed, restored, heldFast, stays } = uninstall({
    dir: folderFrom(dir),
    files: packageFiles(),
  });
  if (!hasChanged && stays.length === 0) {
    print(`AI IPC is not installed in ${root}: nothing to do.`);
    return;
  }
  print(
    styleText('green', `AI IPC is taken out of ${root}.`),
    ...removed.map((path) => `  ${path}: removed`),
    ...restored.map((path) => `  ${path}: yours again`),
    ...heldFast.map(heldLine),
    ...stays.map((sentence) => `  ${sentence}`),
    'Take the lines of npc/custom/ai-world out of npc/scripts_custom.conf, and build the map server again.',
    'The tables in the database stay; docs/rathena.md says how to delete them.',
  );
}
