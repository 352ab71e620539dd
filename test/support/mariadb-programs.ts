import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian keeps servers: not in the PATH of an ordinary user. */
const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin'];
/**
 * The server's programs and the client. Not the package mariadb-server: that one also sets up a server of the
 * machine's own, with a service that is started now and at every boot.
 */
const APT_PACKAGES = ['mariadb-server-core', 'mariadb-client'];

export interface MariadbPrograms {
  readonly server: string;
  readonly installDb: string;
}

/** Finds the programs of MariaDB; as root on Debian or Ubuntu it installs them where they are missing. */
export function findMariadbPrograms(): MariadbPrograms {
  return lookUp() ?? installAndLookUp();
}

/** The path of a program, or undefined. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SERVER_FOLDERS];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function lookUp(): MariadbPrograms | undefined {
  const server = findProgram('mariadbd');
  const installDb = findProgram('mariadb-install-db');
  if (!server || !installDb || !findProgram('mariadb')) return undefined;
  return { server, installDb };
}

function installAndLookUp(): MariadbPrograms {
  const advice = `Install them: sudo apt-get install ${APT_PACKAGES.join(' ')}`;
  if (process.getuid?.() !== 0 || !findProgram('apt-get')) {
    throw new Error(
      `The tests run a MariaDB server of their own; mariadbd, mariadb-install-db or mariadb was not found. ${advice}`,
    );
  }
  process.stderr.write(`MariaDB was not found: installing ${APT_PACKAGES.join(' and ')} with apt-get.\n`);
  runApt(['update']);
  runApt(['install', '-y', '--no-install-recommends', ...APT_PACKAGES]);
  const programs = lookUp();
  if (!programs) throw new Error(`apt-get ended well, but MariaDB's programs are still missing. ${advice}`);
  return programs;
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
