import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { openMariadbPool } from '../../src/database/mariadb-pool.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { FAILED, settled, WORKER } from '../conformance/arrange.ts';
import { startGaleraCluster } from '../support/galera-node.ts';
import type { MariadbServer } from '../support/mariadb-server.ts';
import { newRequest } from '../support/new-request.ts';
import { migrateSettings, TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, TestDatabase } from '../support/test-database.ts';

const FETCH_TIMEOUT_MS = 600_000;
/** Of each of two nodes. */
const WRITERS = 3;
const WRITES_OF_EACH = 50;
/** Sent as several statements in a packet, 2 to 9 of so many were told as done and were not, half of them in part. */
const CONFLICTS = 300;
const MOST_WRITES = 10_000;

let nodes: MariadbServer[] = [];
let reason = '';

beforeAll(async () => {
  nodes = await startGaleraCluster(2).catch((error: Error) => {
    if (!error.message.startsWith('Galera cannot be had: ')) throw error;
    reason = error.message;
    process.stderr.write(`left out: no two nodes wrote the same rows, as ${reason}\n`);
    return [];
  });
}, FETCH_TIMEOUT_MS);
afterAll(() => Promise.all(nodes.map((node) => node.remove())));

it('all that two nodes say is written is there, once and whole, and of all else nothing', async () => {
  if (reason !== '') return expect(reason).toMatch(/^Galera cannot be had: /);
  const [first, second] = await onBothNodes();
  await first.query('CREATE TABLE told (id INT PRIMARY KEY, tokens MEDIUMTEXT NOT NULL)');
  await first.query('CREATE TABLE noted (id BIGINT AUTO_INCREMENT PRIMARY KEY, token INT, what CHAR(1))');
  await first.query("INSERT INTO told VALUES (0, ''), (1, '')");

  const isDone: boolean[] = [];
  const pools = [first, second].flatMap((database) => new Array<Database>(WRITERS).fill(open(database)));
  const before = await conflictsOf([first, second]);
  let conflicts = 0;
  while (conflicts < CONFLICTS && isDone.length < MOST_WRITES) {
    await Promise.all(pools.map((pool) => writeOften(pool, isDone)));
    conflicts = (await conflictsOf([first, second])) - before;
  }
  expect(conflicts).toBeGreaterThanOrEqual(CONFLICTS);

  const fates = await fatesOf(first, isDone);
  expect([...fates.done]).toEqual(['1 ab']);
  expect([...fates.undone].filter((fate) => fate !== '0 ')).toEqual([]);
  // The last ones may be on their way yet.
  await expect.poll(() => fatesOf(second, isDone)).toEqual(fates);
});

it('requests are stored, claimed, settled and cancelled on a node as everywhere', async () => {
  if (reason !== '') return expect(reason).toMatch(/^Galera cannot be had: /);
  const [first] = await onBothNodes();
  await first.loadSqlFile(TABLES_FILE);
  const store = await openMariadbStore(poolSettings(first));
  onTestFinished(() => store.close());
  const data = ['{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}'];
  const ids = await store.insert(data.map((one) => newRequest({ data: one })));

  const [answered, failed, late] = await store.claim(WORKER, 3);
  expect(await store.cancel(ids[3]!)).toBe(true);
  expect(await store.settle(WORKER, [settled(answered!)])).toEqual(['written']);
  expect(await store.settle(WORKER, [settled(failed!, FAILED)])).toEqual(['written']);
  // Its claim is no longer wholly there: what would be written at one go is looked at row by row.
  await first.query('UPDATE ai_requests SET expires_at = NOW(3) WHERE id = ?', [late!.id]);
  expect(await store.settle(WORKER, [settled(late!)])).toEqual(['written']);

  expect(
    await first.query(
      `SELECT r.id, request_data, status, GROUP_CONCAT(event_type ORDER BY l.id) AS events
         FROM ai_requests r JOIN ai_request_log l ON l.request_id = r.id GROUP BY r.id ORDER BY r.id`,
    ),
  ).toEqual(
    ['completed', 'failed', 'timeout', 'cancelled'].map((status, index) => ({
      id: ids[index],
      request_data: data[index],
      status,
      events: status === 'cancelled' ? status : `claimed,${status}`,
    })),
  );
});

async function onBothNodes(): Promise<[TestDatabase, TestDatabase]> {
  const [first, second] = nodes.map(({ address }) => address);
  const made = await createTestDatabase(first);
  onTestFinished(() => made.drop());
  return [made, new TestDatabase({ ...made.settings, port: second!.port })];
}

function open(database: TestDatabase): Database {
  const pool = openMariadbPool(poolSettings(database));
  onTestFinished(() => pool.close());
  return pool;
}

function poolSettings(database: TestDatabase) {
  return { ...migrateSettings(database), minPoolSize: 1, maxPoolSize: WRITERS };
}

async function writeOften(database: Database, isDone: boolean[]): Promise<void> {
  for (let times = 0; times < WRITES_OF_EACH; times += 1) {
    const token = isDone.push(false) - 1;
    isDone[token] = await collide(database, token);
  }
}

/** Whether it was said to be done. What was tried in vain for too long is an error. */
async function collide(database: Database, token: number): Promise<boolean> {
  const row = Math.floor(token / 2) % 2;
  const lock = { sql: 'SELECT id FROM told WHERE id = ? FOR UPDATE', values: [row] };
  const note = (what: string) => ({
    sql: 'INSERT INTO noted (token, what) VALUES (?, ?)',
    values: [token, what],
  });
  const tell = {
    sql: "UPDATE told SET tokens = CONCAT(tokens, ',', ?) WHERE id = ?",
    values: [token, row],
  };
  const writes = [note('a'), tell, note('b')];
  try {
    if (token % 2 === 0) return await database.lockAndWrite(lock, () => ({ writes, result: true }));
    return await database.writeIfLocked(lock, writes);
  } catch (error) {
    expect(error).toMatchObject({ code: 'database_unavailable' });
    return false;
  }
}

async function conflictsOf(databases: readonly TestDatabase[]): Promise<number> {
  let conflicts = 0;
  for (const database of databases) {
    const [row] = await database.query("SHOW GLOBAL STATUS LIKE 'wsrep_local_bf_aborts'");
    conflicts += Number(row?.['Value']);
  }
  return conflicts;
}

/** What became of those that were told as done, and of the others: how often the one is there, and which of the two notes. */
async function fatesOf(database: TestDatabase, isDone: readonly boolean[]) {
  const told = (await database.query('SELECT tokens FROM told')).flatMap(({ tokens }) =>
    String(tokens).split(',').slice(1).map(Number),
  );
  const noted = await database.query('SELECT token, what FROM noted ORDER BY token, what');
  const times = isDone.map(() => 0);
  for (const token of told) times[token] = (times[token] ?? 0) + 1;
  const notes = isDone.map(() => '');
  for (const { token, what } of noted) notes[Number(token)] += String(what);
  const fates = { done: new Set<string>(), undone: new Set<string>() };
  for (const [token, done] of isDone.entries())
    fates[done ? 'done' : 'undone'].add(`${times[token]} ${notes[token]}`);
  return fates;
}
