import { findProgram, installWithApt } from './apt.ts';

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

function lookUp(): MariadbPrograms | undefined {
  const server = findProgram('mariadbd');
  const installDb = findProgram('mariadb-install-db');
  if (!server || !installDb || !findProgram('mariadb')) return undefined;
  return { server, installDb };
}

function installAndLookUp(): MariadbPrograms {
  installWithApt(
    APT_PACKAGES,
    'The tests run a MariaDB server of their own; mariadbd, mariadb-install-db or mariadb was not found.',
  );
  const programs = lookUp();
  if (!programs)
    throw new Error(`apt-get ended well, but MariaDB's programs are still missing: ${APT_PACKAGES}`);
  return programs;
}
