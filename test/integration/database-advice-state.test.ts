import type { Connection } from 'mariadb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { exitCodeOf } from '../../src/base/errors.ts';
import { migrate } from '../../src/database/migrate.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { createUser } from '../support/create-user.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { newRequest } from '../support/new-request.ts';
import { RefusingProxy } from '../support/refusing-proxy.ts';
import { migrateSettings, TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers } from '../support/worker-process.ts';

/** What it is for every connection to the server, and not for one statement alone. */
const READ_ONLY_INNODB = /InnoDB is read-only there .*have DB_HOST lead to another server/;
const REQUEST = newRequest({ data: '{}' });

const server = new MariadbServer({ extraArgs: ['--log-bin=bin', '--server-id=1', '--binlog-format=ROW'] });
const startWorker = useWorkers();
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(await server.start());
  await database.loadSqlFile(TABLES_FILE);
  await createUser(database, "plain@'%'", 'pw');
  await database.query("GRANT ALL ON `ai\\_ipc%`.* TO plain@'%'");
});
afterAll(() => server.remove());

afterEach(mend);
beforeEach(() => database.query('DELETE FROM ai_requests'));

/** MySQL says it in the words of another error (1015), but for one of these. */
const OWN_WORDS = isMysqlChosen() ? /errno: 165/ : /Table '\w+' is read only/;
const READ_ONLY_BY: readonly (readonly [option: string, words: RegExp])[] = [
  ['innodb-read-only', OWN_WORDS],
  ['innodb-force-recovery=6', OWN_WORDS],
  ...(isMysqlChosen() ? [['innodb-force-recovery=4', /Table '\w+' is read only/] as const] : []),
];

it.each(READ_ONLY_BY)(
  'a server whose InnoDB is read-only, by %s, is told (1036, 1015), and served again once it is mended',
  async (option, words) => {
    const store = await open();
    onTestFinished(() => store.close());
    await startWith(`--${option}`);

    await expect(store.insert([REQUEST])).rejects.toMatchObject({
      code: 'database_unavailable',
      message: expect.stringMatching(new RegExp(`${words.source}.*${READ_ONLY_INNODB.source}`)),
    });
    await expect(runMigrate(database)).rejects.toMatchObject({
      code: 'database_unavailable',
      message: expect.stringMatching(READ_ONLY_INNODB),
    });
    await mend();
    expect(await store.insert([REQUEST])).toHaveLength(1);
  },
);

it('a migrate from nothing where InnoDB is read-only says so (1005, 1836)', async () => {
  const empty = await createTestDatabase(server.address);
  await startWith('--innodb-read-only');
  await expect(runMigrate(empty)).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(new RegExp(`read.only.*${READ_ONLY_INNODB.source}`, 'i')),
  });
});

it('a worker waits for a server whose InnoDB is read-only, and serves when it takes writes', async () => {
  await startWith('--innodb-read-only');
  const worker = startWorker({ ...database.settings, user: 'plain', password: 'pw' });
  const line = await worker.waitForLog('Database cannot be reached, trying again');
  expect(line['error']).toMatch(READ_ONLY_INNODB);
  await mend();
  await worker.started();
  expect(await worker.stop()).toMatchObject({ exitCode: 0 });
});

it('transactions that may only read are told as a replica, and others go over new connections (1792)', async () => {
  let readsOnly = false;
  const proxy = await RefusingProxy.start({
    target: server.address,
    onStatement: (sql) => (readsOnly ? sql.replace(/^BEGIN;/, 'START TRANSACTION READ ONLY;') : undefined),
  });
  onTestFinished(() => proxy.close());
  const store = await open({ port: proxy.port, ssl: 'disabled' });
  onTestFinished(() => store.close());
  const [id] = await store.insert([REQUEST]);
  const before = await connectionIds();

  readsOnly = true;
  await expect(store.cancel(id!)).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(/READ ONLY transaction.*a replica, or the old primary.*DB_HOST/),
  });
  readsOnly = false;
  expect(await store.cancel(id!)).toBe(true);
  await expectNoneOf(before);
});

it('a binary log that is switched to statements needs an admin, and is left with its connections (1665)', async () => {
  onTestFinished(() => database.query('SET GLOBAL binlog_format = ROW'));
  const store = await open();
  onTestFinished(() => store.close());
  const [id] = await store.insert([REQUEST]);
  const holder = await hold(id!);
  // Keeps the connection that there is, so that the next one is new.
  const waiting = store.cancel(id!);
  await untilLockWait();
  await database.query('SET GLOBAL binlog_format = STATEMENT');
  const refusal = store.insert([REQUEST]);
  await expect(refusal).rejects.toMatchObject({
    code: 'database_unsupported',
    message: expect.stringMatching(/BINLOG_FORMAT = STATEMENT.*SET GLOBAL binlog_format = ROW/),
  });
  expect(await refusal.catch(exitCodeOf)).toBe(78);
  await database.query('SET GLOBAL binlog_format = ROW');
  expect(await store.insert([REQUEST])).toHaveLength(1);
  await holder.rollback();
  expect(await waiting).toBe(true);
});

if (isMysqlChosen()) {
  it('a server that is offline is told so, and served when it is back (3032)', async () => {
    onTestFinished(() => database.query('SET GLOBAL offline_mode = OFF'));
    const store = await open();
    onTestFinished(() => store.close());
    await database.query('SET GLOBAL offline_mode = ON');
    await expect(store.insert([REQUEST])).rejects.toMatchObject({
      code: 'database_unavailable',
      message: expect.stringMatching(/offline mode.*offline for all but its admins.*DB_HOST/),
    });
    await database.query('SET GLOBAL offline_mode = OFF');
    expect(await store.insert([REQUEST])).toHaveLength(1);
  });
}

it('a server that is stopped in the middle of a statement is told so, and served when it is back (1053)', async () => {
  const store = await open();
  onTestFinished(() => store.close());
  const [id] = await store.insert([REQUEST]);
  const release = await holdForEver(id!);
  const waiting = store.cancel(id!);
  // MySQL says so. MariaDB closes the line, with or without a word.
  const said = 'Server shutdown.*being stopped: start it';
  const words = new RegExp(isMysqlChosen() ? said : `${said}|Somebody ended this connection|socket.*closed`);
  const told = expect(waiting).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(words),
  });
  await untilLockWait();
  await server.restart();
  await told;
  await release();
  expect(await store.cancel(id!)).toBe(true);
});

let isMended = true;

async function startWith(argument: string): Promise<void> {
  await server.stop();
  isMended = false;
  await server.startWith([argument]);
}

async function mend(): Promise<void> {
  if (isMended) return;
  await server.restart();
  isMended = true;
}

function open(settings: Readonly<Record<string, unknown>> = {}) {
  const login = { ...database.settings, user: 'plain', password: 'pw', socketPath: null, sslCaFile: null };
  return openMariadbStore({ ...login, minPoolSize: 1, maxPoolSize: 3, ...settings });
}

function runMigrate(on: TestDatabase): Promise<unknown> {
  return migrate({ settings: migrateSettings(on), confirm: async () => true, onStep: () => undefined });
}

async function connectionIds(): Promise<number[]> {
  const rows = await database.query<{ id: number }[]>(
    "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = 'plain'",
  );
  return rows.map(({ id }) => Number(id));
}

async function expectNoneOf(before: readonly number[]): Promise<void> {
  expect(before.length).toBeGreaterThan(0);
  await waitFor(async () => (await connectionIds()).every((id) => !before.includes(id)), {
    what: `the end of the connections ${before.join(', ')}`,
  });
}

async function hold(id: number): Promise<Connection> {
  const holder = await database.connect();
  await holder.beginTransaction();
  await holder.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [id]);
  return holder;
}

/** A prepared transaction: ending its connection or its server does not free the row for who waits. */
async function holdForEver(id: number): Promise<() => Promise<unknown>> {
  const holder = await database.connect();
  await holder.query("XA START 'held'");
  // One that only reads would let go when it is prepared.
  await holder.query('UPDATE ai_requests SET priority = priority + 1 WHERE id = ?', [id]);
  await holder.query("XA END 'held'");
  await holder.query("XA PREPARE 'held'");
  await holder.end();
  return () => database.query("XA ROLLBACK 'held'");
}

async function untilLockWait(): Promise<void> {
  await waitFor(
    async () => {
      const [row] = await database.query<{ Status: string }[]>('SHOW ENGINE INNODB STATUS');
      return row?.Status.includes('LOCK WAIT');
    },
    { what: 'a statement that waits' },
  );
}
