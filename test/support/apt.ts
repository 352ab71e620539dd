import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian keeps servers: not in the PATH of an ordinary user. */
const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin'];

/** The path of a program, or undefined. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SERVER_FOLDERS];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** Installs packages as root on Debian or Ubuntu; for everybody else throws with `what` and how to install them. */
export function installWithApt(packages: readonly string[], what: string): void {
  if (process.getuid?.() !== 0 || !findProgram('apt-get')) {
    throw new Error(`${what} Install them: sudo apt-get install ${packages.join(' ')}`);
  }
  process.stderr.write(`${what} Installing ${packages.join(' and ')} with apt-get.\n`);
  runApt(['update']);
  runApt(['install', '-y', '--no-install-recommends', ...packages]);
}

function runApt(args: readonly string[]): void {
  const result = spawnSync('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
  });
  if (result.status === 0) return;
  throw new Error(`apt-get ${args.join(' ')} ended with ${result.status}:\n${result.stderr}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // Not there, or not ours to run: look in the next folder.
  }
}
