import { describe, expect, it, onTestFinished } from 'vitest';
import { SERVER_CHECKS, type ServerFacts } from '../../src/database/server-checks.ts';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { mariadbEnv, mariadbOption, runCli, useCli } from '../support/cli-process.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { QueueObserver } from '../support/queue-observer.ts';
import { TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { useWorkers } from '../support/worker-process.ts';

useCli();
const startWorker = useWorkers();

async function databaseOn(options: ConstructorParameters<typeof MariadbServer>[0]): Promise<TestDatabase> {
  const server = new MariadbServer(options);
  onTestFinished(() => server.remove());
  return await createTestDatabase(await server.start());
}

const run = (command: string, database: TestDatabase) =>
  runCli([command, ...mariadbOption(database)], { env: mariadbEnv(database) });

it('a binary log by statement ends worker, service and migrate with 78, and with the statement that mends it', async () => {
  const database = await databaseOn({
    extraArgs: ['--log-bin=bin', '--skip-log-bin=0', '--server-id=1', '--binlog-format=STATEMENT'],
  });
  const needed = /binlog_format=STATEMENT.*SET GLOBAL binlog_format = ROW/;
  expect(await run('migrate', database)).toMatchObject({
    exitCode: 78,
    stderr: expect.stringMatching(needed),
  });
  expect(await database.query('SHOW TABLES')).toEqual([]);

  await database.loadSqlFile(TABLES_FILE);
  expect(await run('worker', database)).toMatchObject({
    exitCode: 78,
    stderr: expect.stringMatching(needed),
  });

  await database.query('SET GLOBAL binlog_format = ROW');
  expect(await run('migrate', database)).toMatchObject({ exitCode: 0 });
});

it.each(['4k', '8k'])('with pages of %s migrate ends with 78 before it makes a table', async (size) => {
  const database = await databaseOn({ initArgs: [`--innodb-page-size=${size}`] });
  const { exitCode, stderr } = await run('migrate', database);
  expect(stderr).toMatch(/innodb_page_size.*need 16384.*cannot be changed later/);
  expect(exitCode).toBe(78);
  expect(await database.query('SHOW TABLES')).toEqual([]);
});

/** Each kind of server has a way of its own to keep tables out of InnoDB. */
const OTHER_ENGINE = isMysqlChosen()
  ? {
      option: '--disabled-storage-engines=MyISAM,InnoDB',
      says: /disabled_storage_engines=MyISAM,InnoDB.*Take InnoDB out/,
    }
  : {
      option: '--enforce-storage-engine=MyISAM',
      says: /enforce_storage_engine.*SET GLOBAL enforce_storage_engine = NULL/,
    };

it('a server that makes no table in InnoDB ends migrate with 78 before it makes one', async () => {
  const database = await databaseOn({ extraArgs: [OTHER_ENGINE.option] });
  const { exitCode, stderr } = await run('migrate', database);
  expect(stderr).toMatch(OTHER_ENGINE.says);
  expect(exitCode).toBe(78);
  expect(await database.query('SHOW TABLES')).toEqual([]);
});

it.each(['OFF', 'DISABLED'])(
  'with event_scheduler=%s migrate says so with what mends it, and all else works',
  async (state) => {
    const database = await databaseOn({ extraArgs: [`--event-scheduler=${state}`] });
    const { exitCode, stdout, stderr } = await run('migrate', database);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      state === 'OFF'
        ? /event_scheduler=OFF.*SET GLOBAL event_scheduler = ON/
        : /event_scheduler=DISABLED.*a restart, and `ai-ipc migrate` again/,
    );
    expect(stdout).not.toMatch(/the right EVENT/);
  },
);

it('the plain file on a server with event_scheduler=DISABLED makes all but the event', async () => {
  const server = new MariadbServer({ extraArgs: ['--event-scheduler=DISABLED'] });
  onTestFinished(() => server.remove());
  const database = await createTestDatabase(await server.start());
  // MariaDB refuses the event, MySQL makes it.
  await database.loadSqlFile(TABLES_FILE).catch((error: unknown) => expect(String(error)).toContain('1577'));
  await database.query('CALL sp_ai_cleanup_old_requests(7)');
  const worker = startWorker(database.settings);
  await worker.started();
});

it('a database in utf16 is served, and cleaned by the procedure', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  await database.query('ALTER DATABASE CHARACTER SET utf16');
  expect(await run('migrate', database)).toMatchObject({ exitCode: 0 });
  await database.query('CALL sp_ai_cleanup_old_requests(7)');
  const worker = startWorker(database.settings);
  await worker.started();
});

it('a worker is told of an account that may make too few statements an hour', async () => {
  const queue = await QueueObserver.create();
  onTestFinished(() => queue.database.drop());
  const user = `few_${queue.settings.database.slice(-8)}`;
  await queue.database.query(`CREATE USER ${user}@'%' IDENTIFIED BY 'pw' WITH MAX_QUERIES_PER_HOUR 5000`);
  await queue.database.query(`GRANT ALL ON \`${queue.settings.database}\`.* TO ${user}@'%'`);
  const worker = startWorker({ ...queue.settings, user, password: 'pw' });
  await worker.started();
  const [line] = worker.log('The database server has a setting that costs something');
  expect(line?.['warning']).toMatch(/MAX_QUERIES_PER_HOUR 5000.*ALTER USER … WITH MAX_QUERIES_PER_HOUR 0/);
  expect(worker.output).not.toMatch(/\*[0-9A-F]{40}/);
  await queue.database.query(`DROP USER ${user}@'%'`);
});

describe('what no test can have a server do', () => {
  const GOOD: ServerFacts = {
    session: new Map([
      ['tx_isolation', 'READ-COMMITTED'],
      ['autocommit', 'ON'],
      ['foreign_key_checks', 'ON'],
      ['completion_type', 'NO_CHAIN'],
      ['sql_mode', 'STRICT_TRANS_TABLES'],
      ['character_set_client', 'utf8mb4'],
    ]),
    global: new Map([['event_scheduler', 'ON']]),
    accountLimits: new Map(),
    clockAheadMs: 0,
    hasTables: true,
  };
  const namesOf = (facts: ServerFacts) =>
    SERVER_CHECKS.filter(({ look }) => look(facts)).map(({ name }) => name);

  it('nothing is found where all is well', () => {
    expect(namesOf(GOOD)).toEqual([]);
  });

  it('a proxy that gives each statement another session is found', () => {
    const session = new Map([...GOOD.session, ['tx_isolation', 'REPEATABLE-READ'] as const]);
    expect(namesOf({ ...GOOD, session })).toEqual(['session']);
    const [finding] = SERVER_CHECKS.map(({ look }) => look({ ...GOOD, session })).filter((found) => found);
    expect(finding).toMatchObject({ needsAdmin: true, reason: expect.stringMatching(/REPEATABLE-READ/) });
  });

  it.each([-90_000, 90_000])('a clock that is %i ms off is found', (clockAheadMs) => {
    expect(namesOf({ ...GOOD, clockAheadMs })).toEqual(['clock']);
  });
});
