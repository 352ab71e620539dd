import { join } from 'node:path';
import { fetchPackages } from './fetched-packages.ts';
import { MariadbServer } from './mariadb-server.ts';

const SERVER = 'usr/sbin/mariadbd';
const INSTALL_DB = 'usr/bin/mariadb-install-db';
const PROVIDER = 'usr/lib/galera/libgalera_smm.so';
/** Below the ephemeral ports; the group's own, not that of SQL. */
const FIRST_PORT = 12_000;
const PORT_COUNT = 7_000;

/**
 * A MariaDB 11.8 of Debian trixie that is a Galera cluster by itself (20 MB to fetch). Rejects with "Galera cannot be had:
 * reason".
 */
export async function galeraNode(): Promise<MariadbServer> {
  const wanted = {
    suite: 'trixie',
    packages: ['mariadb-server-core', 'mariadb-client-core', 'galera-4'],
    programs: [SERVER, 'usr/bin/my_print_defaults', 'usr/bin/resolveip'],
  } as const;
  const folder = await fetchPackages('galera-11.8', wanted).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Galera cannot be had: ${reason}`, { cause: error });
  });
  const root = join(folder, 'root');
  const port = FIRST_PORT + Math.floor(Math.random() * PORT_COUNT);
  const provider = [
    `gmcast.listen_addr=tcp://127.0.0.1:${port}`,
    'gcache.size=1M',
    'gcache.page_size=1M',
    'pc.wait_prim=no',
  ];
  return new MariadbServer({
    programs: {
      kind: 'mariadb',
      server: join(root, SERVER),
      installDb: join(root, INSTALL_DB),
      baseFolder: join(root, 'usr'),
    },
    extraArgs: [
      '--binlog-format=ROW',
      '--wsrep-on=ON',
      `--wsrep-provider=${join(root, PROVIDER)}`,
      '--wsrep-cluster-address=gcomm://',
      '--wsrep-node-address=127.0.0.1',
      `--wsrep-provider-options=${provider.join(';')}`,
    ],
  });
}
