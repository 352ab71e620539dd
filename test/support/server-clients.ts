import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './apt.ts';
import type { Suite } from './debian-packages.ts';
import { fetchPackages } from './fetched-packages.ts';
import type { MariadbAddress } from './mariadb-server.ts';
import { findMachinePrograms } from './server-programs.ts';

/** The command-line programs that come with a server, by the names that an admin types, and where they are. */
export type Clients = Readonly<Record<string, string>>;

interface FetchedClients {
  readonly suite: Suite;
  readonly packages: readonly string[];
  readonly names: readonly string[];
}

const OF_MARIADB = ['mariadb', 'mariadb-dump'];

/** Packages of their own, since a server runs without them. */
const FETCHED_CLIENTS: Readonly<Record<string, FetchedClients>> = {
  'mariadb-10.5': { suite: 'bullseye', packages: ['mariadb-client-10.5'], names: OF_MARIADB },
  'mariadb-11.8': { suite: 'trixie', packages: ['mariadb-client'], names: OF_MARIADB },
  'mysql-9.7': { suite: 'sid', packages: ['mysql-client-core'], names: ['mysql', 'mysqldump'] },
};

/** The machine's own. */
export function findMachineClients(): Clients {
  findMachinePrograms(); // Installs them where they are missing.
  return Object.fromEntries(OF_MARIADB.map((name) => [name, findProgram(name) ?? name]));
}

/** Those of the server that the tests are run on. */
export async function findChosenClients(): Promise<Clients> {
  const server = process.env['AI_IPC_TEST_SERVER'];
  if (!server) return findMachineClients();
  const fetched = FETCHED_CLIENTS[server];
  if (!fetched) throw new Error(`Nobody has said which packages have the clients of ${server}.`);
  const paths = fetched.names.map((name) => `usr/bin/${name}`);
  const folder = await fetchPackages(`${server}-client`, { ...fetched, programs: paths });
  return Object.fromEntries(fetched.names.map((name, at) => [name, join(folder, 'root', paths[at] ?? '')]));
}

/** Programs of these names in `folder`/bin, for a PATH: each goes to this server as this user, as on an admin's machine. */
export function writeClients(
  folder: string,
  clients: Clients,
  { host, port, user, password }: Omit<MariadbAddress, 'socketPath'>,
  /** What an admin has in his .my.cnf. */
  ownOptions = '',
): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const [name, path] of Object.entries(clients)) {
    const options = `--no-defaults --protocol=tcp --host=${host} --port=${port} --user='${user}' ${ownOptions}`;
    const file = join(bin, name);
    writeFileSync(file, `#!/bin/sh\nMYSQL_PWD='${password}' exec ${path} ${options} "$@"\n`);
    chmodSync(file, 0o755);
  }
  return bin;
}
