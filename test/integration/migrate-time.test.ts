import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { loadDocumentSchema, migrateSettings, TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

/** Central Europe in POSIX words, which need no time zone files: on 2026-03-29 the clocks skip 02:00 to 03:00. */
const CENTRAL_EUROPE = 'CET-1CEST,M3.5.0,M10.5.0/3';
/** 2026-10-25 01:00:00 UTC: the local hour from 02:00 to 03:00 begins for the second time. */
const SECOND_DOUBLE_HOUR = 1_792_890_000;

const server = new MariadbServer();
let database: TestDatabase;

beforeAll(async () => {
  const before = process.env['TZ'];
  process.env['TZ'] = CENTRAL_EUROPE;
  await server.start();
  if (before === undefined) delete process.env['TZ'];
  else process.env['TZ'] = before;
});
afterAll(() => server.remove());
beforeEach(async () => {
  database = await createTestDatabase(server.address);
});
afterEach(() => database.drop());

async function migrateDocumentRows(values: string): Promise<unknown[]> {
  await loadDocumentSchema(database);
  await database.query(`INSERT INTO ai_requests (endpoint, status, expires_at) VALUES ${values}`);
  await migrate({ settings: migrateSettings(database), confirm: async () => false, onStep: () => undefined });
  const rows = await database.query(
    'SELECT UNIX_TIMESTAMP(expires_at) + 0.0 AS end FROM ai_requests ORDER BY id',
  );
  return rows.map(({ end }) => new Date(Number(end) * 1_000).toISOString());
}

it('expires_at is read in the time zone of the server, in winter and in summer', async () => {
  const ends = await migrateDocumentRows(
    "('/a', 'pending', '2026-01-15 12:00:00'), ('/b', 'pending', '2026-07-15 12:00:00')",
  );
  expect(ends).toEqual(['2026-01-15T11:00:00.000Z', '2026-07-15T10:00:00.000Z']);
});

it('expires_at is read in the global time_zone where an admin has set one', async () => {
  await database.query("SET GLOBAL time_zone = '+09:00'");
  try {
    expect(await migrateDocumentRows("('/a', 'pending', '2026-01-15 12:00:00')")).toEqual([
      '2026-01-15T03:00:00.000Z',
    ]);
  } finally {
    await database.query("SET GLOBAL time_zone = 'SYSTEM'");
  }
});

it('local times that the clocks skipped become the moment they went on', async () => {
  const ends = await migrateDocumentRows(
    "('/a', 'pending', '2026-03-29 02:30:00'), ('/b', 'pending', '2026-03-29 01:59:59')",
  );
  expect(ends).toEqual(['2026-03-29T01:00:00.000Z', '2026-03-29T00:59:59.000Z']);
});

it('the first and the last moment of TIMESTAMP are moments of UTC', async () => {
  const ends = await migrateDocumentRows(
    "('/a', 'pending', '2038-01-19 04:14:07'), ('/b', 'pending', '2038-01-19 04:14:08'), ('/c', 'pending', '1970-01-01 01:00:01'), ('/d', 'pending', '1970-01-01 01:00:00')",
  );
  expect(ends).toEqual([
    '2038-01-19T03:14:07.000Z',
    '2038-01-19T03:14:07.000Z',
    '1970-01-01T00:00:01.000Z',
    '1970-01-01T00:00:01.000Z',
  ]);
});

it('the procedure ends no living request in the hour that comes twice', async () => {
  await database.loadSqlFile(TABLES_FILE);
  const connection = await database.connect();
  // From 02:59:50 to 02:00:30, and at 02:59:55 it is not over.
  await connection.query("SET time_zone = '+00:00'");
  await connection.query(
    "INSERT INTO ai_requests (endpoint, created_at, expires_at) VALUES ('/a', FROM_UNIXTIME(?), FROM_UNIXTIME(?))",
    [SECOND_DOUBLE_HOUR - 10, SECOND_DOUBLE_HOUR + 30],
  );
  await connection.query("SET time_zone = 'SYSTEM', timestamp = ?", [SECOND_DOUBLE_HOUR - 5]);
  await connection.query('CALL sp_ai_cleanup_old_requests(7)');
  expect(await connection.query('SELECT status FROM ai_requests')).toEqual([{ status: 'pending' }]);
  await connection.query('SET timestamp = ?', [SECOND_DOUBLE_HOUR + 31]);
  await connection.query('CALL sp_ai_cleanup_old_requests(7)');
  expect(await connection.query('SELECT status FROM ai_requests')).toEqual([{ status: 'timeout' }]);
  expect(await connection.query('SELECT @@SESSION.time_zone AS zone')).toEqual([{ zone: 'SYSTEM' }]);
});

it('the event calls the procedure with 7 days, daily from the day it is made, while the event scheduler is on', async () => {
  await database.query('SET GLOBAL event_scheduler = ON');
  try {
    await database.loadSqlFile(TABLES_FILE);
    await database.query('DROP EVENT evt_ai_cleanup_old_requests');
    await database.query(
      "INSERT INTO ai_requests (endpoint, status, created_at) VALUES ('/old', 'completed', NOW() - INTERVAL 8 DAY), ('/young', 'completed', NOW() - INTERVAL 6 DAY)",
    );
    await database.loadSqlFile(TABLES_FILE);
    await waitFor(
      () =>
        database
          .query("SELECT 1 FROM ai_request_log WHERE event_type = 'cleaned'")
          .then((rows) => rows.length > 0),
      { timeoutMs: 20_000, what: 'the event to have run' },
    );
    expect(await database.query('SELECT endpoint FROM ai_requests')).toEqual([{ endpoint: '/young' }]);
  } finally {
    await database.query('SET GLOBAL event_scheduler = OFF');
  }
});
