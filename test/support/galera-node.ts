import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createConnection } from 'mariadb';
import { dataFolderOf } from './data-folder.ts';
import { fetchPackages } from './fetched-packages.ts';
import { MariadbServer } from './mariadb-server.ts';
import { waitFor } from './wait-for.ts';

const SERVER = 'usr/sbin/mariadbd';
const INSTALL_DB = 'usr/bin/mariadb-install-db';
const PROVIDER = 'usr/lib/galera/libgalera_smm.so';
/** Below the ephemeral ports; the group's own, not that of SQL. */
const FIRST_PORT = 12_000;
const PORT_COUNT = 7_000;

/** Each node takes its own port and the one above it, for what it sends to one that joins. */
const PORTS_OF_NODE = 10;

/**
 * A MariaDB 11.8 of Debian trixie that is a Galera cluster by itself (20 MB to fetch). Rejects with "Galera cannot be had:
 * reason".
 */
export async function galeraNode(): Promise<MariadbServer> {
  const [node] = await galeraCluster(1);
  if (node === undefined) throw new Error('Galera cannot be had: no node was made.');
  return node;
}

/**
 * Starts a cluster, node after node; each has all that the others have when it is there. `keeps`: how much of what was
 * written a node keeps in a file of that size, for one that was away and comes back.
 */
export async function startGaleraCluster(
  size: number,
  { keeps = '1M' }: { readonly keeps?: string } = {},
): Promise<MariadbServer[]> {
  offerTransfer();
  const nodes = await galeraCluster(size, keeps);
  const [first, ...others] = nodes;
  try {
    await first?.start();
    await first?.stop();
    for (const node of others) await copyTo(node, first);
    for (const [index, node] of nodes.entries()) {
      await node.start();
      await untilJoined(node, index + 1);
    }
    return nodes;
  } catch (error) {
    for (const node of nodes) await node.remove();
    throw error;
  }
}

/**
 * What a node and its donor run for a state transfer. Of these, all has been copied before, and what came since goes by
 * Galera's own line: both only have to say so. (The method `skip` leaves a node of 26.4 waiting for ever.)
 */
const TRANSFER = `#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in
    --role) role=$2; shift ;;
    --address) address=$2; shift ;;
    --gtid) gtid=$2; shift ;;
    --bypass) bypass=1 ;;
  esac
  shift
done
if [ "$role" = joiner ]; then
  file=$(mktemp -u)
  echo "ready $file"
  for try in $(seq 600); do
    if [ -s "$file" ]; then cat "$file"; rm "$file"; exit 0; fi
    sleep 0.1
  done
  exit 110
fi
# The server writes a login into this, and fails where nobody reads it.
cat > /dev/null
[ "$bypass" = 1 ] || exit 22
echo "$gtid" > "$address.part" && chmod 644 "$address.part" && mv "$address.part" "$address"
echo "done $gtid"
`;

/** Servers find it by the PATH of this process. */
function offerTransfer(): void {
  const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-galera-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'wsrep_sst_copied'), TRANSFER, { mode: 0o755 });
  process.env['PATH'] = `${folder}:${process.env['PATH'] ?? ''}`;
}

/** A node that has what the first one had when it was stopped needs nothing but what came since. */
async function copyTo(node: MariadbServer, first: MariadbServer | undefined): Promise<void> {
  if (first === undefined) return;
  await node.startWith(['--wsrep-on=OFF', '--wsrep-provider=none', '--wsrep-cluster-address=']);
  await node.stop();
  const [from, to] = [first, node].map(({ address }) => dataFolderOf(dirname(address.socketPath)));
  if (from === undefined || to === undefined) return;
  rmSync(to, { recursive: true });
  execFileSync('cp', ['--archive', '--sparse=always', from, to]);
  for (const name of ['gvwstate.dat', 'galera.cache']) rmSync(join(to, name), { force: true });
  const state = join(to, 'grastate.dat');
  writeFileSync(state, readFileSync(state, 'utf8').replace('safe_to_bootstrap: 1', 'safe_to_bootstrap: 0'));
}

async function untilJoined({ address }: MariadbServer, size: number): Promise<void> {
  const { host, port, user, password } = address;
  const connection = await createConnection({ host, port, user, password });
  try {
    await waitFor(
      async () => {
        const rows: { Variable_name: string; Value: string }[] =
          await connection.query("SHOW STATUS LIKE 'wsrep%'");
        const has = (name: string, value: string) =>
          rows.some((row) => row.Variable_name === name && row.Value === value);
        return has('wsrep_cluster_size', String(size)) && has('wsrep_local_state_comment', 'Synced');
      },
      { timeoutMs: 10_000, what: `a cluster of ${size}` },
    );
  } finally {
    await connection.end();
  }
}

async function galeraCluster(size: number, keeps = '1M'): Promise<MariadbServer[]> {
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
  const firstPort = FIRST_PORT + Math.floor(Math.random() * PORT_COUNT);
  return Array.from({ length: size }, (_, index) => nodeOf({ root, firstPort, keeps }, index));
}

interface Cluster {
  readonly root: string;
  readonly firstPort: number;
  readonly keeps: string;
}

function nodeOf({ root, firstPort, keeps }: Cluster, index: number): MariadbServer {
  const port = firstPort + index * PORTS_OF_NODE;
  const provider = [
    `gmcast.listen_addr=tcp://127.0.0.1:${port}`,
    `ist.recv_addr=tcp://127.0.0.1:${port + 1}`,
    `gcache.size=${keeps}`,
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
      `--wsrep-cluster-address=gcomm://${index === 0 ? '' : `127.0.0.1:${firstPort}`}`,
      `--wsrep-node-address=127.0.0.1:${port}`,
      '--wsrep-sst-method=copied',
      `--wsrep-provider-options=${provider.join(';')}`,
    ],
  });
}
