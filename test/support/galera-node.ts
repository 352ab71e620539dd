import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createConnection } from 'mariadb';
import { baseArgs, dataFolderOf } from './data-folder.ts';
import { fetchPackages } from './fetched-packages.ts';
import { type MariadbAddress, MariadbServer } from './mariadb-server.ts';
import type { ServerPrograms } from './server-programs.ts';
import { asServerUser } from './server-user.ts';
import { waitFor } from './wait-for.ts';

const SERVER = 'usr/sbin/mariadbd';
const INSTALL_DB = 'usr/bin/mariadb-install-db';
const PROVIDER = 'usr/lib/galera/libgalera_smm.so';
/** Below the ephemeral ports; the group's own, not that of SQL. */
const FIRST_PORT = 12_000;
const PORT_COUNT = 7_000;

/** It took 2 s. */
const JOIN_TIMEOUT_MS = 10_000;
/** Recovering InnoDB took a second. */
const RECOVER_TIMEOUT_MS = 60_000;

/** Each node takes its own port and the one above it, for what it sends to one that joins. */
const PORTS_OF_NODE = 10;

/** A MariaDB server that shares what it has with the others of its cluster. */
export class GaleraNode extends MariadbServer {
  readonly #programs: ServerPrograms;
  readonly #group: string;
  readonly #args: readonly string[];

  constructor(programs: ServerPrograms, { group, args }: { group: string; args: readonly string[] }) {
    super({ programs, extraArgs: args });
    this.#programs = programs;
    this.#group = group;
    this.#args = args;
  }

  /**
   * Starts one that was killed, as an admin's systemd unit does it: the node itself tells how far it had come, and what was
   * written since comes from the others.
   */
  async rejoin(): Promise<MariadbAddress> {
    return await this.startWith([
      `--wsrep-start-position=${this.#recoverPosition()}`,
      `--wsrep-cluster-address=${this.#group}`,
    ]);
  }

  #recoverPosition(): string {
    const folder = dirname(this.address.socketPath);
    const [program, args] = asServerUser(this.#programs.server, [
      ...baseArgs(this.#programs),
      `--datadir=${dataFolderOf(folder)}`,
      `--tmpdir=${folder}`,
      `--socket=${join(folder, 'recover')}`,
      '--skip-networking',
      ...this.#args,
      '--wsrep-recover',
    ]);
    const { stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: RECOVER_TIMEOUT_MS });
    const position = /WSREP: Recovered position:\s*(\S+)/.exec(stderr)?.[1];
    if (position === undefined)
      throw new Error(`A Galera node does not know how far it had come:\n${stderr}`);
    return position;
  }
}

/**
 * A MariaDB 11.8 of Debian trixie that is a Galera cluster by itself (20 MB to fetch). Rejects with "Galera cannot be had:
 * reason".
 */
export async function galeraNode(): Promise<GaleraNode> {
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
): Promise<GaleraNode[]> {
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

async function untilJoined(node: MariadbServer, size: number): Promise<void> {
  await waitFor(() => isJoined(node, size), { timeoutMs: JOIN_TIMEOUT_MS, what: `a cluster of ${size}` });
}

/** Rejects where the node hangs up: one that is just joining may. */
async function isJoined({ address }: MariadbServer, size: number): Promise<boolean> {
  const { host, port, user, password } = address;
  const connection = await createConnection({ host, port, user, password });
  try {
    const rows: { Variable_name: string; Value: string }[] =
      await connection.query("SHOW STATUS LIKE 'wsrep%'");
    const has = (name: string, value: string) =>
      rows.some((row) => row.Variable_name === name && row.Value === value);
    return has('wsrep_cluster_size', String(size)) && has('wsrep_local_state_comment', 'Synced');
  } finally {
    await connection.end();
  }
}

async function galeraCluster(size: number, keeps = '1M'): Promise<GaleraNode[]> {
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
  const ports = Array.from({ length: size }, (_, index) => firstPort + index * PORTS_OF_NODE);
  return ports.map((port) => nodeOf({ root, ports, keeps }, port));
}

interface Cluster {
  readonly root: string;
  /** Of the nodes, the one that begins it first. */
  readonly ports: readonly number[];
  readonly keeps: string;
}

function nodeOf({ root, ports, keeps }: Cluster, port: number): GaleraNode {
  const provider = [
    `gmcast.listen_addr=tcp://127.0.0.1:${port}`,
    `ist.recv_addr=tcp://127.0.0.1:${port + 1}`,
    `gcache.size=${keeps}`,
    'gcache.page_size=1M',
    'pc.wait_prim=no',
  ];
  const programs: ServerPrograms = {
    kind: 'mariadb',
    server: join(root, SERVER),
    installDb: join(root, INSTALL_DB),
    baseFolder: join(root, 'usr'),
  };
  const [first] = ports;
  return new GaleraNode(programs, {
    group: `gcomm://${ports.map((each) => `127.0.0.1:${each}`).join(',')}`,
    args: [
      '--binlog-format=ROW',
      '--wsrep-on=ON',
      `--wsrep-provider=${join(root, PROVIDER)}`,
      `--wsrep-cluster-address=gcomm://${port === first ? '' : `127.0.0.1:${first}`}`,
      `--wsrep-node-address=127.0.0.1:${port}`,
      '--wsrep-sst-method=copied',
      `--wsrep-provider-options=${provider.join(';')}`,
      // With it, 11.8 lets nobody change an option while it runs: findings/galera-quorum-command-refused.sh.
      '--plugin-wsrep-provider=OFF',
    ],
  });
}
