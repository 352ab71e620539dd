import { type AiStubProcess, startAiStubProcess } from '../test/support/ai-stub-process.ts';
import { fetchServer } from '../test/support/fetched-servers.ts';
import { MariadbServer } from '../test/support/mariadb-server.ts';
import { createTestDatabase } from '../test/support/test-database.ts';
import { median } from './median.ts';
import { measureDrain, onNewDatabase, TUNED } from './one-drain.ts';

const [MARIADB, MYSQL] = ['mariadb-11.8', 'mysql-9.7'] as const;
const NAMES = [MARIADB, MYSQL] as const;
const REQUESTS = 5_000;
const WARM_UP = 5_000;
const ROUNDS = 7;
/** What MySQL has to keep of MariaDB's speed. */
const LEAST_RATIO = 0.8;
const LOADS = { tuned: TUNED, default: {} } as const;
/** What decides what a commit costs: printed, so that like is compared with like. */
const SETTINGS = [
  'log_bin',
  'sync_binlog',
  'innodb_flush_log_at_trx_commit',
  'innodb_flush_method',
  'innodb_doublewrite',
  'innodb_buffer_pool_size',
  'innodb_redo_log_capacity',
  'innodb_log_file_size',
];

type Name = (typeof NAMES)[number];
type Load = keyof typeof LOADS;
type Round = Readonly<Record<Load, Readonly<Record<Name, number>>>>;

/**
 * 5,000 requests queued at once, drained on MariaDB 11.8 and on MySQL 9.7 in turn, each with durable commits and without
 * a binary log. Ends with 1 where MySQL is slower than 0.8 of MariaDB.
 */
export async function servers(): Promise<void> {
  const running = new Map<Name, MariadbServer>();
  const stub = await startAiStubProcess();
  try {
    for (const name of NAMES) {
      const server = new MariadbServer({ programs: await fetchServer(name) });
      running.set(name, server);
      await server.start();
      process.stdout.write(`${name}: ${await settingsOf(server)}\n`);
    }
    const rounds: Round[] = [];
    for (let number = 1; number <= ROUNDS; number++) rounds.push(await measureRound(number, running, stub));
    for (const load of ['tuned', 'default'] as const) report(load, rounds);
  } finally {
    for (const server of running.values()) await server.remove();
    await stub.stop();
  }
}

async function measureRound(
  number: number,
  running: ReadonlyMap<Name, MariadbServer>,
  stub: AiStubProcess,
): Promise<Round> {
  const round = { tuned: { [MARIADB]: 0, [MYSQL]: 0 }, default: { [MARIADB]: 0, [MYSQL]: 0 } };
  // Neither is always the first one.
  const order = number % 2 === 1 ? NAMES : [...NAMES].reverse();
  for (const load of ['tuned', 'default'] as const) {
    for (const name of order) {
      const address = running.get(name)?.address;
      if (address === undefined) throw new Error(`${name} does not run.`);
      const drained = await onNewDatabase(address, (database) =>
        measureDrain(database, stub, { settings: LOADS[load], warmUp: WARM_UP, requests: REQUESTS }),
      );
      round[load][name] = drained.perSecond;
    }
  }
  process.stdout.write(`round ${number}  ${lineOf(round.tuned)}   default: ${lineOf(round.default)}\n`);
  return round;
}

function lineOf(speeds: Readonly<Record<Name, number>>): string {
  const words = NAMES.map((name) => `${name} ${Math.round(speeds[name])}/s`);
  return `${words.join(', ')}, ratio ${ratioOf(speeds).toFixed(2)}`;
}

function ratioOf(speeds: Readonly<Record<Name, number>>): number {
  return speeds[MYSQL] / speeds[MARIADB];
}

/** The ratio is taken within each round, and the middle one of them counts. */
function report(load: Load, rounds: readonly Round[]): void {
  const speeds = rounds.map((round) => round[load]);
  const ratio = median(speeds.map(ratioOf));
  const [mariadb, mysql] = NAMES.map((name) => Math.round(median(speeds.map((speed) => speed[name]))));
  const settings = JSON.stringify(LOADS[load]);
  process.stdout.write(
    `${load} ${settings}: medians of ${ROUNDS} rounds: ${MARIADB} ${mariadb}/s, ${MYSQL} ${mysql}/s, ` +
      `ratio ${ratio.toFixed(2)} (at least ${LEAST_RATIO})\n`,
  );
  if (ratio < LEAST_RATIO) process.exitCode = 1;
}

async function settingsOf(server: MariadbServer): Promise<string> {
  const database = await createTestDatabase(server.address);
  try {
    const rows = await database.query<{ Variable_name: string; Value: string }[]>(
      'SHOW GLOBAL VARIABLES WHERE Variable_name IN (?)',
      [SETTINGS],
    );
    return rows.map((row) => `${row.Variable_name}=${row.Value}`).join(' ');
  } finally {
    await database.drop();
  }
}
