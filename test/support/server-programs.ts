import { findProgram, installWithApt } from './apt.ts';

/**
 * The server's programs and the client. Not the package mariadb-server: that one also sets up a server of the
 * machine's own, with a service that is started now and at every boot.
 */
const APT_PACKAGES = ['mariadb-server-core', 'mariadb-client'];

export interface ServerPrograms {
  readonly kind: 'mariadb' | 'mysql';
  readonly server: string;
  /** What makes a data folder; a MySQL server does that by itself. */
  readonly installDb: string | null;
  /** Where they look for all that belongs to them; null where that is built in. */
  readonly baseFolder: string | null;
}

/** The machine's own MariaDB; as root on Debian or Ubuntu it is installed where it is missing. */
export function findMachinePrograms(): ServerPrograms {
  return lookUp() ?? installAndLookUp();
}

function lookUp(): ServerPrograms | undefined {
  const server = findProgram('mariadbd');
  const installDb = findProgram('mariadb-install-db');
  if (!server || !installDb || !findProgram('mariadb')) return undefined;
  return { kind: 'mariadb', server, installDb, baseFolder: null };
}

function installAndLookUp(): ServerPrograms {
  installWithApt(
    APT_PACKAGES,
    'The tests run a MariaDB server of their own; mariadbd, mariadb-install-db or mariadb was not found.',
  );
  const programs = lookUp();
  if (!programs)
    throw new Error(`apt-get ended well, but MariaDB's programs are still missing: ${APT_PACKAGES}`);
  return programs;
}
