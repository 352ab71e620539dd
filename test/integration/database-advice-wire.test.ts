import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { exitCodeOf } from '../../src/base/errors.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { newRequest } from '../support/new-request.ts';
import { type Refusal, RefusingProxy } from '../support/refusing-proxy.ts';
import { TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

/** No server of ours could be brought to say these to this program: a proxy says them in its place, over the real protocol. */
const OF_THE_SERVER: readonly (readonly [Refusal, RegExp])[] = [
  [
    { errno: 1874, sqlState: 'HY000', words: 'InnoDB is in read only mode.' },
    /InnoDB is read-only there .*have DB_HOST lead to another server/,
  ],
  [
    { errno: 1881, sqlState: 'HY000', words: 'Operation not allowed when innodb_force_recovery > 0.' },
    /InnoDB is read-only there .*have DB_HOST lead to another server/,
  ],
  [
    { errno: 3168, sqlState: 'HY000', words: "Server isn't available" },
    /being stopped: start it, or have DB_HOST/,
  ],
];
const OF_THE_CONNECTION: readonly (readonly [Refusal, RegExp])[] = [
  [
    {
      errno: 1180,
      sqlState: 'HY000',
      words: 'Got error 149 "Deadlock found when trying to get lock" during COMMIT',
    },
    /COMMIT failed and was undone: on Galera .*It is tried again/,
  ],
  [
    { errno: 1927, sqlState: '70100', words: 'Connection was killed' },
    /Somebody ended this connection \(KILL\); it is tried again over a new one/,
  ],
  [
    {
      errno: 3169,
      sqlState: 'HY000',
      words: 'The session was killed. Please disconnect and reconnect to the server.',
    },
    /Somebody ended this connection \(KILL\); it is tried again over a new one/,
  ],
];

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.loadSqlFile(TABLES_FILE);
});
afterAll(() => database.drop());

it.each([...OF_THE_SERVER, ...OF_THE_CONNECTION].map(named))(
  '$errno is told by its words and with what to do, and passes',
  async ({ refusal, advice }) => {
    const { store, refuse } = await openBehindProxy(refusal);
    const [id] = await store.insert([newRequest({ data: '{}' })]);
    refuse(true);
    await expect(store.cancel(id!)).rejects.toMatchObject({
      code: 'database_unavailable',
      message: expect.stringContaining(refusal.words.replace(/\.$/, '')),
    });
    await expect(store.cancel(id!)).rejects.toMatchObject({ message: expect.stringMatching(advice) });
    refuse(false);
    expect(await store.cancel(id!)).toBe(true);
  },
);

it.each(OF_THE_SERVER.map(named))(
  'after $errno no connection to that server is used again',
  async ({ refusal }) => {
    const { store, refuse, proxy } = await openBehindProxy(refusal);
    const [id] = await store.insert([newRequest({ data: '{}' })]);
    const opened = proxy.opened;
    refuse(true);
    await expect(store.cancel(id!)).rejects.toMatchObject({ code: 'database_unavailable' });
    refuse(false);
    expect(await store.cancel(id!)).toBe(true);
    expect(proxy.opened).toBeGreaterThan(opened);
  },
);

it.each<Refusal>([
  {
    errno: 1227,
    sqlState: '42000',
    words: 'Access denied; you need (at least one of) the SUPER privilege(s) for this operation',
  },
  { errno: 1370, sqlState: '42000', words: "alter routine command denied to user 'a'@'b' for routine 'c'" },
])('$errno is told with where the rights stand, and needs an admin', async (refusal) => {
  const { store, refuse } = await openBehindProxy(refusal);
  refuse(true);
  const refused = store.cancel(1);
  await expect(refused).rejects.toMatchObject({
    code: 'database_denied',
    message: expect.stringMatching(/(?:Access|command) denied.*rights of deploy\/grants\.sql/),
  });
  expect(await refused.catch(exitCodeOf)).toBe(78);
});

function named([refusal, advice]: readonly [Refusal, RegExp]) {
  return { errno: refusal.errno, refusal, advice };
}

async function openBehindProxy(refusal: Refusal) {
  let isRefusing = false;
  const { host, port } = database.settings;
  const proxy = await RefusingProxy.start({
    target: { host, port },
    onStatement: (sql) => (isRefusing && sql.startsWith('BEGIN;') ? refusal : undefined),
  });
  onTestFinished(() => proxy.close());
  const store = await openMariadbStore({
    ...database.settings,
    port: proxy.port,
    ssl: 'disabled',
    socketPath: null,
    sslCaFile: null,
    minPoolSize: 1,
    maxPoolSize: 1,
  });
  onTestFinished(() => store.close());
  const refuse = (is: boolean) => {
    isRefusing = is;
  };
  return { store, proxy, refuse };
}
