import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { exitCodeOf } from '../../src/base/errors.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { createUser } from '../support/create-user.ts';
import { newRequest } from '../support/new-request.ts';
import { TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const REQUEST = newRequest({ data: '{}' });
const user = `reader_${randomBytes(4).toString('hex')}`;
const account = `'${user}'@'%'`;
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.loadSqlFile(TABLES_FILE);
});
beforeEach(async () => {
  await createUser(database, account, 'pw');
  await grant('SELECT', '*');
});
afterAll(async () => {
  await database.query(`DROP USER ${account}`);
  await database.drop();
});

it.each([
  ['a table (1142)', undefined, /INSERT command denied to user .* for table .*ai_requests/],
  ['a column (1143)', 'INSERT (id, endpoint)', /INSERT command denied to user .* for column/],
])('who has no right on %s is told where the rights stand, and needs an admin', async (_, right, words) => {
  if (right !== undefined) await grant(right, 'ai_requests');
  const store = await open(user);
  onTestFinished(() => store.close());
  const refusal = store.insert([REQUEST]);
  await expect(refusal).rejects.toMatchObject({
    code: 'database_denied',
    message: expect.stringMatching(new RegExp(`${words.source}.*rights of deploy/grants\\.sql`)),
  });
  expect(await refusal.catch(exitCodeOf)).toBe(78);
  await grant('INSERT', 'ai_requests');
  expect(await store.insert([REQUEST])).toHaveLength(1);
});

it('who waits in vain for a row that somebody holds is told where to look, and gets it when it is free (1205)', async () => {
  const store = await open(database.settings.user, database.settings.password);
  onTestFinished(() => store.close());
  const [id] = await store.insert([REQUEST]);
  const holder = await database.connect();
  await holder.beginTransaction();
  await holder.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [id]);
  await expect(store.cancel(id!)).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(/Lock wait timeout.*left open holds a row.*ai-ipc doctor/),
  });
  await holder.rollback();
  expect(await store.cancel(id!)).toBe(true);
});

async function grant(right: string, table: string): Promise<void> {
  await database.query(`GRANT ${right} ON \`${database.settings.database}\`.${table} TO ${account}`);
}

function open(as: string, password = 'pw') {
  const login = { ...database.settings, user: as, password, socketPath: null, sslCaFile: null };
  return openMariadbStore({ ...login, minPoolSize: 1, maxPoolSize: 3 });
}
