import type { Connection } from 'mariadb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MariadbServer } from '../support/mariadb-server.ts';
import { numbers } from '../support/numbers.ts';
import { TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

/** More than one transaction of the procedure. */
const OLD_REQUESTS = 600;

/** Two that are overdue, and old ones with their responses. */
async function fill(database: TestDatabase): Promise<void> {
  await database.query(
    `INSERT INTO ai_requests (endpoint, created_at, expires_at)
     SELECT '/overdue', NOW(3) - INTERVAL 60 SECOND, NOW(3) - INTERVAL 30 SECOND FROM ${numbers(2)}`,
  );
  await database.query(
    `INSERT INTO ai_requests (endpoint, status, created_at, processed_at, expires_at)
     SELECT '/old', 'completed', NOW(3) - INTERVAL 9 DAY, NOW(3) - INTERVAL 9 DAY, NOW(3) - INTERVAL 9 DAY
       FROM ${numbers(OLD_REQUESTS)}`,
  );
  await database.query(
    "INSERT INTO ai_responses (request_id, response_data) SELECT id, '{}' FROM ai_requests WHERE endpoint = '/old'",
  );
}

/** What is left when all of it was done. */
async function expectClean(database: TestDatabase): Promise<void> {
  const requests = await database.query('SELECT endpoint, status FROM ai_requests');
  expect(requests).toEqual([1, 2].map(() => ({ endpoint: '/overdue', status: 'timeout' })));
  const [responses] = await database.query('SELECT COUNT(*) AS number FROM ai_responses');
  expect(responses).toEqual({ number: 2 });
  const log = await database.query("SELECT event_data FROM ai_request_log WHERE event_type = 'cleaned'");
  expect(log).toEqual([{ event_data: `{"deleted":${OLD_REQUESTS},"log_rows":0}` }]);
}

describe('CALL sp_ai_cleanup_old_requests does all of it, and leaves the session as it was, with', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
    await database.loadSqlFile(TABLES_FILE);
  });
  afterEach(() => database.drop());

  it.each([
    'autocommit = 0',
    'foreign_key_checks = 0',
    'unique_checks = 0',
    "completion_type = 'CHAIN'",
    "completion_type = 'RELEASE'",
    'sql_safe_updates = 1',
    'sql_select_limit = 7',
    'sql_big_selects = 0, max_join_size = 10',
    'SESSION TRANSACTION READ ONLY',
    'SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE',
    "sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,ONLY_FULL_GROUP_BY'",
    "time_zone = '+05:45', lc_time_names = 'de_DE', div_precision_increment = 0",
    "NAMES 'latin1'",
    "NAMES 'utf8mb4' COLLATE 'utf8mb4_bin'",
    'max_error_count = 0',
    'sql_auto_is_null = 1',
  ])('SET %s', async (setting) => {
    await fill(database);
    const caller = await database.connect();
    await caller.query(`SET ${setting}`);
    const before = await sessionOf(caller);
    await caller.query('CALL sp_ai_cleanup_old_requests(7)');
    expect(await sessionOf(caller)).toEqual(before);
    await expectClean(database);
  });

  it('a transaction of the caller, which is committed', async () => {
    await fill(database);
    const caller = await database.connect();
    await caller.beginTransaction();
    await caller.query("INSERT INTO ai_request_log (request_id, event_type) VALUES (1, 'mine')");
    await caller.query('CALL sp_ai_cleanup_old_requests(7)');
    await caller.rollback();
    await expectClean(database);
    expect(await database.query("SELECT request_id FROM ai_request_log WHERE event_type = 'mine'")).toEqual([
      { request_id: 1 },
    ]);
  });

  it('a number of days that is refused', async () => {
    const caller = await database.connect();
    await caller.query('SET autocommit = 0, foreign_key_checks = 0');
    const before = await sessionOf(caller);
    await expect(caller.query('CALL sp_ai_cleanup_old_requests(0)')).rejects.toThrow(
      /days must be 1 or more/,
    );
    expect(await sessionOf(caller)).toEqual(before);
  });

  it.each(['utf16', 'utf32', 'latin1', 'ascii'])('a database in %s', async (charset) => {
    const other = await createTestDatabase();
    try {
      await other.query(`ALTER DATABASE CHARACTER SET ${charset}`);
      await other.loadSqlFile(TABLES_FILE);
      await fill(other);
      await other.query('CALL sp_ai_cleanup_old_requests(7)');
      await expectClean(other);
    } finally {
      await other.drop();
    }
  });
});

it('the daily event deletes on a server whose settings are for other programs', async () => {
  const server = new MariadbServer({
    extraArgs: [
      '--event-scheduler=ON',
      '--autocommit=0',
      '--completion-type=CHAIN',
      '--transaction-isolation=SERIALIZABLE',
    ],
  });
  try {
    const database = await createTestDatabase(await server.start());
    await database.loadSqlFile(TABLES_FILE);
    const admin = await database.connect();
    await admin.query(
      'SET GLOBAL foreign_key_checks = 0, GLOBAL sql_safe_updates = 1, GLOBAL sql_select_limit = 7',
    );
    await admin.query('SET autocommit = 1');
    await fill(database);
    await database.query('COMMIT');
    await admin.query('ALTER EVENT evt_ai_cleanup_old_requests ON SCHEDULE EVERY 1 SECOND');
    await waitFor(async () => (await admin.query(CLEANED)).length === 1, { what: 'the event to have run' });
    await database.query('ROLLBACK');
    await database.query('SET SESSION sql_select_limit = 1000');
    await expectClean(database);
  } finally {
    await server.remove();
  }
});

const CLEANED = "SELECT id FROM ai_request_log WHERE event_type = 'cleaned'";

/** What the procedure sets for itself, and what belongs to it. */
async function sessionOf(connection: Connection): Promise<unknown> {
  return await connection.query(
    `SELECT @@SESSION.autocommit, @@SESSION.foreign_key_checks, @@SESSION.unique_checks, @@SESSION.sql_big_selects,
            @@SESSION.completion_type, CAST(@@SESSION.sql_select_limit AS CHAR), @@SESSION.sql_safe_updates, @@SESSION.sql_mode,
            @@SESSION.time_zone, @@SESSION.character_set_client, CAST(@@SESSION.max_join_size AS CHAR)`,
  );
}
