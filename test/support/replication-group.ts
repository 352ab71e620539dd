import { MariadbServer } from './mariadb-server.ts';

/** Below the ephemeral ports; the group's own, not those of SQL. */
const FIRST_PORT = 12_000;
const PORT_COUNT = 7_000;
const NAME = '2b6f1d6e-6a55-4c1f-9c79-5f2f0d1a7c11';

/** Two MySQL servers that a group is made of: the first begins it, the second may join. */
export function replicationGroup(): readonly [MariadbServer, MariadbServer] {
  const port = FIRST_PORT + 2 * Math.floor(Math.random() * (PORT_COUNT / 2));
  const seeds = `127.0.0.1:${port},127.0.0.1:${port + 1}`;
  const member = (number: 0 | 1) =>
    new MariadbServer({
      extraArgs: [
        ...['--log-bin=bin', `--server-id=${number + 1}`, '--gtid-mode=ON', '--enforce-gtid-consistency=ON'],
        ...['--plugin-load-add=group_replication.so', '--report-host=127.0.0.1'],
        `--loose-group-replication-group-name=${NAME}`,
        `--loose-group-replication-local-address=127.0.0.1:${port + number}`,
        `--loose-group-replication-group-seeds=${seeds}`,
        '--loose-group-replication-start-on-boot=OFF',
      ],
    });
  return [member(0), member(1)];
}

export const BEGIN_GROUP = [
  'SET GLOBAL group_replication_bootstrap_group = ON',
  'START GROUP_REPLICATION',
  'SET GLOBAL group_replication_bootstrap_group = OFF',
];
/** What it has of its own goes into no group. Without an account to copy by, it stays where it begins: recovering. */
export const JOIN_GROUP = ['RESET BINARY LOGS AND GTIDS', 'START GROUP_REPLICATION'];
