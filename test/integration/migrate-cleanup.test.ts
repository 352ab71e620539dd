import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { numbers } from '../support/numbers.ts';
import { TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await database.loadSqlFile(TABLES_FILE);
});
afterEach(() => database.drop());

const query = (sql: string, values: readonly unknown[] = []) => database.query(sql, values);

async function cleanUp(days: number | null = 7): Promise<unknown> {
  const [rows] = await database.query<[{ deleted: number }[], unknown]>(
    'CALL sp_ai_cleanup_old_requests(?)',
    [days],
  );
  return rows[0]?.deleted;
}

/** One row of ai_requests; ages in days. */
async function insertRequest(
  endpoint: string,
  status: string,
  createdDays: number,
  processedDays: number | null,
): Promise<void> {
  await query(
    `INSERT INTO ai_requests (endpoint, status, created_at, processed_at, expires_at)
     VALUES (?, ?, NOW(3) - INTERVAL ? DAY, NOW(3) - INTERVAL ? DAY, NOW(3) + INTERVAL 1 HOUR)`,
    [endpoint, status, createdDays, processedDays],
  );
}

async function fillEnded(rows: number, days: number): Promise<void> {
  await query(
    `INSERT INTO ai_requests (endpoint, status, priority, created_at, processed_at, expires_at)
     SELECT '/a', ELT(1 + seq % 4, 'completed', 'failed', 'timeout', 'cancelled'), 1 + seq % 10,
            NOW(3) - INTERVAL ? DAY, NOW(3) - INTERVAL ? DAY, NOW(3) FROM ${numbers(rows)}`,
    [days, days],
  );
}

describe('sp_ai_cleanup_old_requests', () => {
  it('deletes what ended longer ago than that many days, by when it ended, with its response', async () => {
    for (const status of ['completed', 'failed', 'timeout', 'cancelled']) {
      await insertRequest(`/old-${status}`, status, 9, 8);
      await insertRequest(`/ended-late-${status}`, status, 9, 6);
      await insertRequest(`/old-without-end-${status}`, status, 8, null);
      await insertRequest(`/young-without-end-${status}`, status, 6, null);
    }
    await insertRequest('/pending', 'pending', 9, null);
    await insertRequest('/processing', 'processing', 9, null);
    await query("INSERT INTO ai_responses (request_id, response_data) SELECT id, '{}' FROM ai_requests");
    expect(await cleanUp(7)).toBe(8);
    const left = await query('SELECT endpoint FROM ai_requests ORDER BY endpoint');
    expect(left.map(({ endpoint }) => endpoint)).toEqual([
      '/ended-late-cancelled',
      '/ended-late-completed',
      '/ended-late-failed',
      '/ended-late-timeout',
      '/pending',
      '/processing',
      '/young-without-end-cancelled',
      '/young-without-end-completed',
      '/young-without-end-failed',
      '/young-without-end-timeout',
    ]);
    expect(await query('SELECT COUNT(*) AS number FROM ai_responses')).toEqual([{ number: 10 }]);
  });

  it('logs one row about what it deleted, and none about nothing', async () => {
    expect(await cleanUp()).toBe(0);
    expect(await query('SELECT * FROM ai_request_log')).toEqual([]);
    await fillEnded(3, 8);
    expect(await cleanUp()).toBe(3);
    expect(await query('SELECT request_id, event_type, event_data FROM ai_request_log')).toEqual([
      { request_id: 0, event_type: 'cleaned', event_data: '{"deleted":3,"log_rows":0}' },
    ]);
  });

  it('first ends overdue requests, as the worker does', async () => {
    await query(
      `INSERT INTO ai_requests (endpoint, status, attempts, error_code, created_at, expires_at) VALUES
         ('/never', 'pending', 0, NULL, NOW(3) - INTERVAL 60 SECOND, NOW(3) - INTERVAL 30 SECOND),
         ('/once', 'processing', 1, NULL, NOW(3) - INTERVAL 60 SECOND, NOW(3) - INTERVAL 30 SECOND),
         ('/thrice', 'pending', 3, 'ai_server_error', NOW(3) - INTERVAL 60 SECOND, NOW(3) - INTERVAL 30 SECOND),
         ('/alive', 'pending', 0, NULL, NOW(3), NOW(3) + INTERVAL 30 SECOND)`,
    );
    await query(
      `INSERT INTO ai_request_log (request_id, event_type, event_data) VALUES
         (3, 'retried', '{"worker":"w","attempt":2,"ms":500}'), (3, 'retried', '{"worker":"w","attempt":3,"ms":70}')`,
    );
    expect(await cleanUp()).toBe(0);
    expect(
      await query(
        'SELECT endpoint, status, error_code, processed_at IS NULL AS is_open FROM ai_requests ORDER BY id',
      ),
    ).toEqual([
      { endpoint: '/never', status: 'timeout', error_code: 'expired', is_open: 0 },
      { endpoint: '/once', status: 'timeout', error_code: 'expired', is_open: 0 },
      { endpoint: '/thrice', status: 'timeout', error_code: 'expired', is_open: 0 },
      { endpoint: '/alive', status: 'pending', error_code: null, is_open: 1 },
    ]);
    const began = 'The life of the request (30 s) ended before it was answered:';
    expect(
      await query(
        'SELECT request_id, response_data, error_message, processing_time_ms FROM ai_responses ORDER BY id',
      ),
    ).toEqual([
      {
        request_id: 1,
        response_data: null,
        error_message: `${began} no attempt had begun.`,
        processing_time_ms: null,
      },
      {
        request_id: 2,
        response_data: null,
        error_message: `${began} 1 attempt had begun.`,
        processing_time_ms: null,
      },
      {
        request_id: 3,
        response_data: null,
        error_message: `${began} 3 attempts had begun, the last one ended with ai_server_error.`,
        processing_time_ms: 70,
      },
    ]);
    const log = await query(
      "SELECT request_id, event_type, event_data FROM ai_request_log WHERE event_type = 'timeout' ORDER BY id",
    );
    expect(log.map((row) => ({ ...row, event_data: JSON.parse(String(row['event_data'])) }))).toEqual([
      { request_id: 1, event_type: 'timeout', event_data: { attempt: 0, error_code: 'expired' } },
      { request_id: 2, event_type: 'timeout', event_data: { attempt: 1, error_code: 'expired' } },
      { request_id: 3, event_type: 'timeout', event_data: { attempt: 3, error_code: 'expired' } },
    ]);
  });

  it('ends an overdue request whatever SQL has put into its log', async () => {
    const rows = ['words', '', '{"ms":"soon"}', '{"ms":-5}', '{"ms":1e30}', '{"ms":99999999999}', '[1', null];
    for (const [index, row] of rows.entries()) {
      await query(
        "INSERT INTO ai_requests (endpoint, expires_at) VALUES ('/a', NOW(3) - INTERVAL 30 SECOND)",
      );
      await query(
        "INSERT INTO ai_request_log (request_id, event_type, event_data) VALUES (?, 'retried', ?)",
        [index + 1, row],
      );
    }
    expect(await cleanUp()).toBe(0);
    expect(await query('SELECT DISTINCT status FROM ai_requests')).toEqual([{ status: 'timeout' }]);
    expect(await query('SELECT DISTINCT processing_time_ms AS ms FROM ai_responses')).toEqual([{ ms: null }]);
  });

  it('ends and then deletes thousands of overdue requests of long ago', async () => {
    await query(
      `INSERT INTO ai_requests (endpoint, created_at, expires_at)
       SELECT '/a', NOW(3) - INTERVAL 30 DAY, NOW(3) - INTERVAL 29 DAY FROM ${numbers(1_201)}`,
    );
    expect(await cleanUp()).toBe(0); // They ended just now.
    expect(await query('SELECT status, COUNT(*) AS number FROM ai_requests GROUP BY status')).toEqual([
      { status: 'timeout', number: 1201 },
    ]);
    expect(await query('SELECT COUNT(*) AS number FROM ai_responses')).toEqual([{ number: 1201 }]);
  });

  it.each([0, -7, null])('refuses %s days: younger answers may still be read', async (days) => {
    await fillEnded(3, 8);
    await expect(cleanUp(days)).rejects.toThrow(/days must be 1 or more/);
    expect(await query('SELECT COUNT(*) AS number FROM ai_requests')).toEqual([{ number: 3 }]);
  });

  it('deletes nothing for a span longer than any calendar', async () => {
    await fillEnded(3, 8);
    expect(await cleanUp(2_147_483_647)).toBe(0);
  });

  it('deletes log rows older than 30 days and no others', async () => {
    await query(
      `INSERT INTO ai_request_log (request_id, event_type, created_at) SELECT seq, 'completed', NOW(3) - INTERVAL 31 DAY FROM ${numbers(2_500)}`,
    );
    await query(
      `INSERT INTO ai_request_log (request_id, event_type, created_at) SELECT seq, 'completed', NOW(3) - INTERVAL 29 DAY FROM ${numbers(1_500)}`,
    );
    expect(await cleanUp()).toBe(0);
    expect(
      await query("SELECT COUNT(*) AS number FROM ai_request_log WHERE event_type = 'completed'"),
    ).toEqual([{ number: 1500 }]);
    expect(await query("SELECT event_data FROM ai_request_log WHERE event_type = 'cleaned'")).toEqual([
      { event_data: '{"deleted":0,"log_rows":2500}' },
    ]);
  });

  it('commits in chunks: what was done stays when it fails, and the next call does the rest', async () => {
    await query(
      `INSERT INTO ai_requests (endpoint, status, created_at, processed_at, expires_at) SELECT '/a', 'completed', NOW(3) - INTERVAL 9 DAY, NOW(3) - INTERVAL 9 DAY, NOW(3) FROM ${numbers(1_300)}`,
    );
    const [last] = await query('SELECT MAX(id) AS id FROM ai_requests');
    await query(
      `CREATE TRIGGER stop BEFORE DELETE ON ai_requests FOR EACH ROW
       IF OLD.id = ${last!['id']} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Stop.'; END IF`,
    );
    const caller = await database.connect();
    await caller.query("SET innodb_lock_wait_timeout = 7, time_zone = '+05:00'");
    await expect(caller.query('CALL sp_ai_cleanup_old_requests(7)')).rejects.toMatchObject({ errno: 1644 });
    const session = 'SELECT @@SESSION.time_zone AS zone, @@SESSION.innodb_lock_wait_timeout AS seconds';
    expect(await caller.query(session)).toEqual([{ zone: '+05:00', seconds: 7 }]);
    // Where a transaction is open, none can be prepared for.
    await caller.query('SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
    expect(await query('SELECT COUNT(*) AS number FROM ai_requests')).toEqual([{ number: 300 }]);
    await query('DROP TRIGGER stop');
    expect(await cleanUp()).toBe(300);
  });

  it('waits for no lock but those of what it deletes', async () => {
    await fillEnded(20, 8);
    await fillEnded(20, 1);
    await insertRequest('/pending', 'pending', 0, null);
    const holder = await database.connect();
    // READ COMMITTED keeps the locks of the rows that match and no others.
    await holder.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    await holder.beginTransaction();
    await holder.query(
      'SELECT id FROM ai_requests WHERE processed_at IS NULL OR processed_at > NOW(3) - INTERVAL 2 DAY FOR UPDATE',
    );
    const caller = await database.connect();
    await caller.query('SET innodb_lock_wait_timeout = 1');
    expect(await caller.query('CALL sp_ai_cleanup_old_requests(7)')).toMatchObject([[{ deleted: 20 }], {}]);
    await holder.rollback();
  });

  it('does not read ended requests that are too young, however many there are', async () => {
    await fillEnded(20_000, 1);
    await fillEnded(100, 8);
    await query('ANALYZE TABLE ai_requests');
    const caller = await database.connect();
    await caller.query('FLUSH STATUS');
    expect(await caller.query('CALL sp_ai_cleanup_old_requests(7)')).toMatchObject([[{ deleted: 100 }], {}]);
    const counters = await caller.query<{ Variable_name: string; Value: string }[]>(
      "SHOW SESSION STATUS WHERE Variable_name IN ('Handler_read_next', 'Handler_read_prev', 'Handler_read_rnd_next', 'Handler_read_first', 'Handler_read_key')",
    );
    const read = counters.reduce((sum, { Value }) => sum + Number(Value), 0);
    // A few reads for each of 100 rows and of 40 pairs of status and priority; measured: 413. A scan would be 20,000 and more.
    expect(read).toBeLessThan(1_500);
  });

  it('does its work in a database whose texts are UTF-16 by default', async () => {
    await query(`ALTER DATABASE \`${database.settings.database}\` CHARACTER SET utf16`);
    await database.loadSqlFile(TABLES_FILE);
    await fillEnded(20, 8);
    const caller = await database.connect();
    await caller.query("SET time_zone = '+05:45'");
    expect(await caller.query('CALL sp_ai_cleanup_old_requests(7)')).toMatchObject([[{ deleted: 20 }], {}]);
    expect(await caller.query('SELECT @@SESSION.time_zone AS zone')).toEqual([{ zone: '+05:45' }]);
  });

  it.each(['SYSTEM', '+00:00', '-11:00', '+13:00'])(
    'means the same in a session at %s, and leaves its time zone',
    async (zone) => {
      await insertRequest('/just-too-young', 'completed', 9, null);
      await query('UPDATE ai_requests SET processed_at = NOW(3) - INTERVAL 167 HOUR');
      await insertRequest('/just-old-enough', 'completed', 9, null);
      await query(
        "UPDATE ai_requests SET processed_at = NOW(3) - INTERVAL 169 HOUR WHERE endpoint = '/just-old-enough'",
      );
      const caller = await database.connect();
      await caller.query('SET time_zone = ?', [zone]);
      expect(await caller.query('CALL sp_ai_cleanup_old_requests(7)')).toMatchObject([[{ deleted: 1 }], {}]);
      expect(await query('SELECT endpoint FROM ai_requests')).toEqual([{ endpoint: '/just-too-young' }]);
      expect(await caller.query('SELECT @@SESSION.time_zone AS zone')).toEqual([{ zone }]);
    },
  );
});
