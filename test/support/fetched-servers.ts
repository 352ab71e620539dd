import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Suite, unpackPackages } from './debian-packages.ts';
import { makeOwnFolder } from './own-folder.ts';
import type { ServerPrograms } from './server-programs.ts';
import { asServerUser, serverUserName } from './server-user.ts';

interface FetchedServer {
  readonly kind: ServerPrograms['kind'];
  readonly suite: Suite;
  readonly packages: readonly string[];
  /** What its own `--version` must begin with: a suite moves on. */
  readonly version: string;
}

/** The servers beside the machine's own, from Debian's packages. Named for what `--server` takes. */
export const FETCHED_SERVERS: Readonly<Record<string, FetchedServer>> = {
  'mariadb-10.5': {
    kind: 'mariadb',
    suite: 'bullseye',
    packages: ['mariadb-server-core-10.5'], // 10.5.29, with what it depends on 20 MB to fetch
    version: '10.5.',
  },
  'mariadb-11.8': {
    kind: 'mariadb',
    suite: 'trixie',
    packages: ['mariadb-server-core', 'mariadb-client-core'], // 11.8.9, 17 MB; the second has my_print_defaults
    version: '11.8.',
  },
  'mysql-9.7': {
    kind: 'mysql',
    suite: 'sid',
    packages: ['mysql-server-core'], // 9.7.4, 60 MB
    version: '9.7.',
  },
};

const SERVERS = { mariadb: 'usr/sbin/mariadbd', mysql: 'usr/sbin/mysqld' } as const;
const INSTALL_DB = 'usr/bin/mariadb-install-db';
/** What a script of the packages starts, or we do. */
const PROGRAMS = [...Object.values(SERVERS), 'usr/bin/my_print_defaults', 'usr/bin/resolveip'];
const VERSION_TIMEOUT_MS = 30_000;

/**
 * The programs of a server that is not installed on this machine: fetched once into a cache outside the repository. They
 * run with the libraries of their own suite, down to libc. Rejects with "… cannot be had: reason".
 */
export async function fetchServer(name: string): Promise<ServerPrograms> {
  const server = FETCHED_SERVERS[name];
  if (!server) {
    throw new Error(`The server ${name} is not known. Known are ${Object.keys(FETCHED_SERVERS).join(', ')}.`);
  }
  return await fetchInto(join(cacheFolder(), name), server).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The server ${name} cannot be had: ${reason}`, { cause: error });
  });
}

/** Fetches unless it is there; `folder` comes into being with all that it holds, or not at all. */
async function fetchInto(folder: string, server: FetchedServer): Promise<ServerPrograms> {
  if (!existsSync(folder)) {
    mkdirSync(dirname(folder), { recursive: true });
    const work = makeOwnFolder(dirname(folder), `.${basename(folder)}-`);
    try {
      await fill(work, folder, server);
      putInPlace(work, folder);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  const programs = programsIn(folder, server);
  await checkVersion(programs, server, folder);
  return programs;
}

/** The server's user, who is not root, must be able to read it: nobody but root enters /root. */
function cacheFolder(): string {
  const chosen = process.env['AI_IPC_CACHE'];
  if (chosen) return join(chosen, 'servers');
  if (process.getuid?.() === 0) return '/var/cache/ai-ipc/servers';
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ai-ipc', 'servers');
}

async function fill(work: string, folder: string, { suite, packages }: FetchedServer): Promise<void> {
  process.stderr.write(`Fetching ${packages.join(' and ')} of Debian ${suite} into ${folder}, once.\n`);
  const root = join(work, 'root');
  const aptFolder = join(work, 'apt');
  mkdirSync(root);
  await unpackPackages({ suite, packages, root, aptFolder });
  rmSync(aptFolder, { recursive: true });
  for (const program of PROGRAMS) useOwnLibraries(work, folder, program);
  chmodSync(work, 0o755);
}

/** Of two that fetch at once, the first has made the place. */
function putInPlace(work: string, folder: string): void {
  try {
    renameSync(work, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

/**
 * A program asks for /lib64/ld-linux-x86-64.so.2, which is the machine's and takes the machine's libc: the script in its
 * place starts it with its own. `folder` is where all of it will be.
 */
function useOwnLibraries(work: string, folder: string, program: string): void {
  const path = join(work, 'root', program);
  if (!existsSync(path) || lstatSync(path).isSymbolicLink()) return;
  const { loader, folders } = librariesOf(join(work, 'root'));
  renameSync(path, `${path}.elf`);
  const there = (place: string) => join(folder, 'root', place);
  const start = `"${there(loader)}" --library-path "${folders.map(there).join(':')}" "${there(`${program}.elf`)}"`;
  writeFileSync(path, `#!/bin/sh\nexec ${start} "$@"\n`, { mode: 0o755 });
}

/** In the folders of this machine's architecture, x86_64-linux-gnu or another; below / before Debian 12, and below /usr. */
function librariesOf(root: string): { loader: string; folders: string[] } {
  const folders = ['usr/lib', 'lib']
    .filter((parent) => existsSync(join(root, parent)))
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(parent, name)))
    .filter((folder) => folder.endsWith('-linux-gnu'));
  const loader = folders
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
    .find((file) => /\/ld-linux[^/]*\.so\.\d+$/.test(file));
  if (!loader) throw new Error(`The packages hold no ld-linux*.so for this machine (looked in ${folders}).`);
  return { loader, folders };
}

function programsIn(folder: string, { kind }: FetchedServer): ServerPrograms {
  const root = join(folder, 'root');
  return {
    kind,
    server: join(root, SERVERS[kind]),
    installDb: kind === 'mariadb' ? join(root, INSTALL_DB) : null,
    baseFolder: join(root, 'usr'),
  };
}

/** Run by the same user that will run the server, which shows whether he can. */
async function checkVersion(
  { server }: ServerPrograms,
  { suite, version }: FetchedServer,
  folder: string,
): Promise<void> {
  const [command, args] = asServerUser(server, ['--no-defaults', '--version']);
  const { stdout } = await promisify(execFile)(command, args, { timeout: VERSION_TIMEOUT_MS }).catch(
    (error: Error) => {
      throw new Error(
        `${serverUserName()} cannot run ${server} (${error.message.trim()}). Give AI_IPC_CACHE a folder that all may read, or delete ${folder} to have it fetched anew.`,
        { cause: error },
      );
    },
  );
  const found = / Ver (\S+)/.exec(stdout)?.[1] ?? stdout.trim();
  if (!found.startsWith(version)) {
    throw new Error(
      `${suite} has ${found} by now. Name that in FETCHED_SERVERS (test/support/fetched-servers.ts), or delete ${folder} if it is an old one.`,
    );
  }
}
