import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { galeraNode } from '../support/galera-node.ts';
import type { MariadbServer } from '../support/mariadb-server.ts';
import { newRequest } from '../support/new-request.ts';
import { BEGIN_GROUP, JOIN_GROUP, replicationGroup } from '../support/replication-group.ts';
import { migrateSettings, TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

const FETCH_TIMEOUT_MS = 600_000;
const REQUEST = newRequest({ data: '{}' });

/** Each kind of server has clusters of its own. */
if (isMysqlChosen()) describe('a group of MySQL servers', describeGroup);
else describe('a Galera cluster', describeGalera);

function describeGalera(): void {
  const cutOff =
    /WSREP has not yet prepared node.*cut off from its Galera cluster.*SHOW STATUS LIKE 'wsrep%'/;
  let node: MariadbServer | undefined;
  let reason = '';

  beforeAll(async () => {
    node = await galeraNode().catch((error: Error) => {
      reason = error.message;
      process.stderr.write(`left out: no Galera node was asked, as ${reason}\n`);
      return undefined;
    });
  }, FETCH_TIMEOUT_MS);
  afterAll(() => node?.remove());

  it('says of a node that is cut off that it is, and serves over new connections when it is back (1047)', async () => {
    if (node === undefined) {
      expect(reason).toMatch(/^Galera cannot be had: /);
      return;
    }
    const database = await withTables(await createTestDatabase(await node.start()));
    const settings = settingsOf(database);
    const store = await openMariadbStore(settings);
    onTestFinished(() => store.close());
    const [id] = await store.insert([REQUEST]);

    await cutOffNode(database);
    const told = { code: 'database_unavailable', message: expect.stringMatching(cutOff) };
    await expect(store.insert([REQUEST])).rejects.toMatchObject(told);
    await expect(store.read(id!)).rejects.toMatchObject(told);
    await expect(openMariadbStore(settings)).rejects.toMatchObject(told);
    await expect(runMigrate(database)).rejects.toMatchObject(told);
    // Also where it lets itself be read.
    await database.query('SET GLOBAL wsrep_dirty_reads = ON');
    const { standBy, store: either } = await openEither(database);
    await either.insert([REQUEST]);
    expect(await countOf(standBy)).toBe(1);

    await joinAgain(database);
    expect(await store.insert([REQUEST])).toHaveLength(1);
    await waitFor(async () => (await either.insert([REQUEST])) && (await countOf(database)) > 2, {
      what: 'the first host to be written to again',
    });
  });
}

/** A store on this node and, in its place, on the server that all tests share. */
async function openEither(database: TestDatabase) {
  const standBy = await withTables(await createTestDatabase(undefined, database.settings.database));
  onTestFinished(() => standBy.drop());
  const { host, port } = standBy.settings;
  const store = await openMariadbStore({ ...settingsOf(database), otherHosts: [{ host, port }] });
  onTestFinished(() => store.close());
  return { standBy, store };
}

function describeGroup(): void {
  const servers = replicationGroup();
  afterAll(() => Promise.all(servers.map((server) => server.remove())));

  it('says of a member that is joining and was switched to writing that it is no place to write (3100)', async () => {
    const [first, joining] = await Promise.all(
      servers.map(async (server) => createTestDatabase(await server.start())),
    );
    await runAll(first!, BEGIN_GROUP);
    await withTables(joining!);
    const store = await openMariadbStore(settingsOf(joining!));
    onTestFinished(() => store.close());

    await runAll(joining!, JOIN_GROUP);
    await runAll(joining!, ['SET GLOBAL super_read_only = OFF', 'SET GLOBAL read_only = OFF']);
    const told = {
      code: 'database_unavailable',
      message: expect.stringMatching(
        /hook 'before_commit'.*replication group, or is joining it: have DB_HOST lead to its primary/,
      ),
    };
    await expect(store.insert([REQUEST])).rejects.toMatchObject(told);
    await expect(runMigrate(joining!)).rejects.toMatchObject(told);

    await runAll(joining!, [
      'STOP GROUP_REPLICATION',
      'SET GLOBAL super_read_only = OFF',
      'SET GLOBAL read_only = OFF',
    ]);
    expect(await store.insert([REQUEST])).toHaveLength(1);
  });
}

async function withTables(database: TestDatabase): Promise<TestDatabase> {
  await database.loadSqlFile(TABLES_FILE);
  return database;
}

async function runAll(database: TestDatabase, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await database.query(statement);
}

/** Nobody listens there, so this node is less than half of its cluster. */
async function cutOffNode(database: TestDatabase): Promise<void> {
  await database.query("SET GLOBAL wsrep_cluster_address = 'gcomm://127.0.0.1:1'");
  await untilReady(database, 'OFF');
}

async function joinAgain(database: TestDatabase): Promise<void> {
  await database.query("SET GLOBAL wsrep_cluster_address = 'gcomm://'");
  await untilReady(database, 'ON');
}

async function countOf(database: TestDatabase): Promise<number> {
  const [row] = await database.query('SELECT COUNT(*) AS n FROM ai_requests');
  return Number(row?.['n']);
}

/** Whether a Galera node takes statements: it comes a moment after the setting. */
async function untilReady(database: TestDatabase, value: 'ON' | 'OFF'): Promise<void> {
  await waitFor(
    async () => {
      const [row] = await database.query("SHOW STATUS LIKE 'wsrep_ready'");
      return row?.['Value'] === value;
    },
    { timeoutMs: 30_000, what: `wsrep_ready to be ${value}` },
  );
}

function settingsOf(database: TestDatabase) {
  return { ...migrateSettings(database), minPoolSize: 1, maxPoolSize: 3 };
}

function runMigrate(database: TestDatabase): Promise<unknown> {
  return migrate({ settings: migrateSettings(database), confirm: async () => true, onStep: () => undefined });
}
