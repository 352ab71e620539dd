import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerPrograms } from './server-programs.ts';
import { asServerUser, giveToServerUser } from './server-user.ts';

/** Making one took 2 s here; other tests may hold both cores. */
const MAKE_TIMEOUT_MS = 180_000;
/** Names the folder where data folders are kept that were made once, for all processes of one test run. */
export const KEPT_DATA_FOLDERS = 'AI_IPC_TEST_DATA_FOLDERS';

/** Where a server's folder has its data. */
export function dataFolderOf(folder: string): string {
  return join(folder, 'data');
}

/** The first arguments of all of a server's programs. */
export function baseArgs({ baseFolder }: ServerPrograms): string[] {
  return ['--no-defaults', ...(baseFolder === null ? [] : [`--basedir=${baseFolder}`])];
}

/**
 * Makes the data folder of a new server in `folder`, with root, who has no password. In a test run it is made once for
 * each kind of server and copied after that: 0.2 s in place of 2 s, for about 20 servers. `options` are those of the server
 * that the folder itself depends on.
 */
export function makeDataFolder(
  programs: ServerPrograms,
  folder: string,
  /** What is settled when the folder is made, such as `--innodb-page-size=8k`. */
  options: readonly string[] = [],
): void {
  const kept = process.env[KEPT_DATA_FOLDERS];
  if (kept === undefined) fill(programs, folder, options);
  else copy(programs, { kept, folder, options });
}

interface Copy {
  readonly kept: string;
  readonly folder: string;
  readonly options: readonly string[];
}

function copy(programs: ServerPrograms, { kept, folder, options }: Copy): void {
  const name = [programs.server, ...options].join(' ');
  const source = join(kept, createHash('sha1').update(name).digest('hex'));
  if (!existsSync(source)) keep(programs, source, options);
  execFileSync('cp', ['--archive', '--sparse=always', dataFolderOf(source), dataFolderOf(folder)]);
  // Who a MySQL server is, for others: each makes it for itself where it is missing.
  rmSync(join(dataFolderOf(folder), 'auto.cnf'), { force: true });
}

/** Two processes may both make it: it appears whole, and the second is thrown away. */
function keep(programs: ServerPrograms, source: string, options: readonly string[]): void {
  const own = mkdtempSync(`${source}-`);
  giveToServerUser(own);
  fill(programs, own, options);
  try {
    renameSync(own, source);
  } catch (error) {
    rmSync(own, { recursive: true });
    if (!existsSync(source)) throw error;
  }
}

function fill(programs: ServerPrograms, folder: string, options: readonly string[]): void {
  const makeIt = programs.installDb === null ? initialiseMysql(folder) : INSTALL_MARIADB;
  const args = [
    ...baseArgs(programs),
    `--datadir=${dataFolderOf(folder)}`,
    `--tmpdir=${folder}`,
    ...options,
    ...makeIt,
  ];
  const [command, commandArgs] = asServerUser(programs.installDb ?? programs.server, args);
  execFileSync(command, commandArgs, { stdio: ['ignore', 'pipe', 'pipe'], timeout: MAKE_TIMEOUT_MS });
}

const INSTALL_MARIADB = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'];

/** The root that MySQL makes comes from localhost, by name, and names are not looked up. */
function initialiseMysql(folder: string): string[] {
  const file = join(folder, 'first.sql');
  const user = "'root'@'127.0.0.1'";
  writeFileSync(file, `CREATE USER ${user};\nGRANT ALL ON *.* TO ${user} WITH GRANT OPTION;\n`);
  return ['--initialize-insecure', `--init-file=${file}`];
}
