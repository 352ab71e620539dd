import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Suite } from './debian-packages.ts';
import { fetchPackages } from './fetched-packages.ts';
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
const PROGRAMS = [...Object.values(SERVERS), 'usr/bin/my_print_defaults', 'usr/bin/resolveip'];
const VERSION_TIMEOUT_MS = 30_000;

/** The programs of a server that is not installed on this machine. Rejects with "… cannot be had: reason". */
export async function fetchServer(name: string): Promise<ServerPrograms> {
  const server = FETCHED_SERVERS[name];
  if (!server) {
    throw new Error(`The server ${name} is not known. Known are ${Object.keys(FETCHED_SERVERS).join(', ')}.`);
  }
  return await fetchPrograms(name, server).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The server ${name} cannot be had: ${reason}`, { cause: error });
  });
}

async function fetchPrograms(name: string, server: FetchedServer): Promise<ServerPrograms> {
  const folder = await fetchPackages(name, { ...server, programs: PROGRAMS });
  const programs = programsIn(folder, server);
  await checkVersion(programs, server, folder);
  return programs;
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
