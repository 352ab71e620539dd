import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { ROOT } from '../support/cli-process.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { numbers } from '../support/numbers.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const page = ['docs/operations.md', 'docs/monitoring.md']
  .map((path) => readFileSync(join(ROOT, path), 'utf8'))
  .join('\n');
const server = new MariadbServer();
let database: TestDatabase;

/** Every statement of the page's SQL, without comments. */
const statements = [...page.matchAll(/```sql\n(.+?)```/gs)]
  .flatMap(([, block = '']) => block.replace(/^--.*$/gm, '').split(';'))
  .map((statement) => statement.replace(/\s+/g, ' ').trim())
  .filter((statement) => statement !== '');

const run = new Set<string>();

/** The statement that begins with these words, as the page has it. */
function fromPage(beginning: string): string {
  const found = statements.filter((statement) => statement.startsWith(beginning));
  expect(found, `the pages have one statement that begins with: ${beginning}`).toHaveLength(1);
  run.add(found[0]!);
  return found[0]!;
}

beforeAll(async () => {
  // A server of its own: the event scheduler belongs to the whole server.
  await server.start();
  database = await createTestDatabase(server.address);
  await database.loadSqlFile(join(ROOT, 'sql-files/ai_ipc_tables.sql'));
  await database.loadSqlFile(join(ROOT, 'sql-files/ai_ipc_views.sql'));
});
afterAll(() => server.remove());

interface KnownRow {
  readonly status: string;
  readonly minutesAgo: number;
  /** Milliseconds from request to end. */
  readonly latencyMs?: number;
  /** Milliseconds of the call. */
  readonly callMs?: number | null;
  readonly errorCode?: string;
}

const ROWS: readonly KnownRow[] = [
  { status: 'pending', minutesAgo: 1 },
  { status: 'pending', minutesAgo: 50 },
  { status: 'pending', minutesAgo: 90 },
  { status: 'processing', minutesAgo: 1 },
  { status: 'completed', minutesAgo: 5, latencyMs: 150, callMs: 100 },
  { status: 'completed', minutesAgo: 55, latencyMs: 350, callMs: 300 },
  { status: 'completed', minutesAgo: 65, latencyMs: 90_000, callMs: 9_000 },
  { status: 'failed', minutesAgo: 10, latencyMs: 20, callMs: 20, errorCode: 'ai_client_error' },
  { status: 'failed', minutesAgo: 10, latencyMs: 3, callMs: null, errorCode: 'bad_json' },
  { status: 'failed', minutesAgo: 11, latencyMs: 3, callMs: null, errorCode: 'bad_json' },
  { status: 'failed', minutesAgo: 120, latencyMs: 3, callMs: null, errorCode: 'bad_json' },
  { status: 'timeout', minutesAgo: 20, latencyMs: 30_000, callMs: null, errorCode: 'expired' },
  { status: 'timeout', minutesAgo: 180, latencyMs: 30_000, callMs: null, errorCode: 'expired' },
  { status: 'cancelled', minutesAgo: 30, latencyMs: 500 },
];

async function insert({ status, minutesAgo, latencyMs, callMs, errorCode }: KnownRow): Promise<void> {
  const { insertId } = await database.query<{ insertId: number }>(
    `INSERT INTO ai_requests (endpoint, status, created_at, processed_at, expires_at, error_code)
     VALUES ('/api/v1/npc/dialogue', ?, NOW(3) - INTERVAL ? MINUTE,
             created_at + INTERVAL ? * 1000 MICROSECOND, created_at + INTERVAL 1 DAY, ?)`,
    [status, minutesAgo, latencyMs ?? null, errorCode ?? null],
  );
  if (callMs === undefined) return;
  await database.query(
    `INSERT INTO ai_responses (request_id, response_data, error_message, processing_time_ms, created_at)
     SELECT id, IF(status = 'completed', '{}', NULL), error_code, ?, processed_at FROM ai_requests WHERE id = ?`,
    [callMs, insertId],
  );
}

beforeEach(async () => {
  await database.query('DELETE FROM ai_request_log');
  await database.query('DELETE FROM ai_requests');
  for (const row of ROWS) await insert(row);
});

describe('the monitoring queries', () => {
  it('count what is pending', async () => {
    expect(await database.query(fromPage('SELECT COUNT(*) as pending'))).toEqual([{ pending: 3 }]);
  });

  it('average the calls of the last hour, without what was never called', async () => {
    const [row] = await database.query(fromPage('SELECT AVG(processing_time_ms)'));
    expect(Number(row?.['avg_ms'])).toBe((100 + 300 + 20) / 3);
  });

  it('count the requests of the last hour', async () => {
    expect(await database.query(fromPage('SELECT COUNT(*) as total'))).toEqual([{ total: 10 }]);
  });

  it('tell how many of the last hour succeeded and failed', async () => {
    const [row] = await database.query(fromPage('SELECT SUM(CASE'));
    expect([row?.['completed'], row?.['failed'], row?.['total']].map(Number)).toEqual([2, 3, 10]);
  });

  it('average what players waited', async () => {
    const [row] = await database.query(fromPage('SELECT AVG(TIMESTAMPDIFF'));
    expect(Number(row?.['latency_ms'])).toBe((150 + 350) / 2);
  });

  it('count the reasons of failures, the most frequent first', async () => {
    expect(await database.query(fromPage('SELECT status, error_code, COUNT(*)'))).toEqual([
      { status: 'failed', error_code: 'bad_json', requests: 2 },
      expect.objectContaining({ requests: 1 }),
      expect.objectContaining({ requests: 1 }),
    ]);
  });

  it('list the last timeouts, the newest first', async () => {
    const rows = await database.query(fromPage("SELECT * FROM ai_requests WHERE status='timeout'"));
    expect(rows.map((row) => row['status'])).toEqual(['timeout', 'timeout']);
    expect(Number(rows[0]?.['id'])).toBeGreaterThan(Number(rows[1]?.['id']));
  });

  it('show the workers and the life of a request', async () => {
    await database.query("INSERT INTO ai_workers (id, host, pid, version) VALUES ('w', 'h', 1, '0')");
    expect(await database.query(fromPage('SELECT id, host, started_at'))).toMatchObject([{ id: 'w' }]);
    await database.query("INSERT INTO ai_request_log (request_id, event_type) VALUES (1, 'claimed')");
    expect(await database.query(fromPage('SELECT created_at, event_type'))).toMatchObject([
      { event_type: 'claimed' },
    ]);
  });
});

describe('the views', () => {
  it('tell what waits, and why', async () => {
    await database.query('UPDATE ai_requests SET available_at = created_at');
    const [pending] = await database.query(fromPage('SELECT * FROM ai_v_queue'));
    expect(pending).toMatchObject({ status: 'pending', priority: 5, requests: 3 });
    const stuck = await database.query(fromPage('SELECT id, status, age_seconds, reason'));
    expect(stuck.map((row) => [row['status'], row['reason']])).toEqual(
      ['pending', 'pending', 'pending'].map((status) => [status, 'no worker lives']),
    );
  });

  it('say of the last hour what the queries say', async () => {
    const rows = await database.query(fromPage('SELECT * FROM ai_v_last_hour'));
    const sum = (status?: string) =>
      rows
        .filter((row) => status === undefined || row['status'] === status)
        .reduce((all, row) => all + Number(row['requests']), 0);
    expect([sum('completed'), sum('failed'), sum()]).toEqual([2, 3, 10]);
    const completed = rows.find((row) => row['status'] === 'completed');
    expect([Number(completed?.['ai_ms']), Number(completed?.['total_ms'])]).toEqual([200, 250]);
  });

  it('tell what each NPC asked', async () => {
    const [row] = await database.query(fromPage('SELECT * FROM ai_v_by_npc'));
    expect([row?.['source_npc'], Number(row?.['requests'])]).toEqual([null, ROWS.length]);
  });
});

describe('the statements for NPCs', () => {
  it('turn the switch off, also when it was on', async () => {
    for (const value of ['on', 'off']) {
      await database.query("REPLACE INTO ai_ipc_meta (name, value) VALUES ('npc_switch', ?)", [value]);
      await database.query(fromPage('INSERT INTO ai_ipc_meta'));
      const [row] = await database.query("SELECT value FROM ai_ipc_meta WHERE name = 'npc_switch'");
      expect(row).toEqual({ value: 'off' });
    }
  });

  it('show what an NPC remembers of one player', async () => {
    await database.query(
      `INSERT INTO ai_npc_memory (npc_id, player_id, kind, said, answered)
       VALUES ('sage-of-prontera', '150001', 'folded', NULL, NULL), ('sage-of-prontera', '150001', 'turn', 'Hi', 'Yes?'),
              ('sage-of-prontera', '150002', 'turn', 'No', 'No')`,
    );
    expect(await database.query(fromPage('SELECT kind, turns, said'))).toMatchObject([
      { kind: 'turn', turns: 1, said: 'Hi', answered: 'Yes?' },
    ]);
  });

  it('find the id of a character of rAthena by its name', async () => {
    await database.query(
      'CREATE TABLE `char` (char_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(30) NOT NULL)',
    );
    await database.query("INSERT INTO `char` VALUES (150000, 'Ann'), (150001, 'Bob')");
    expect(await database.query(fromPage('SELECT char_id'))).toEqual([{ char_id: 150_001 }]);
  });

  it('show who used the most tokens today', async () => {
    await database.query(
      `INSERT INTO ai_npc_budget (player_id, day, tokens)
       VALUES ('Bob', UTC_DATE(), 5), ('Ann', UTC_DATE(), 50), ('Carl', UTC_DATE() - INTERVAL 1 DAY, 500)`,
    );
    const rows = await database.query(fromPage('SELECT player_id, tokens'));
    expect(rows.map((row) => row['player_id'])).toEqual(['Ann', 'Bob']);
  });
});

describe('the statements for trouble and tuning', () => {
  it('show connections and InnoDB, and answer SELECT 1', async () => {
    expect((await database.query(fromPage('SHOW PROCESSLIST'))).length).toBeGreaterThan(0);
    expect(await database.query(fromPage('SHOW ENGINE INNODB STATUS'))).toMatchObject([{ Type: 'InnoDB' }]);
    expect(page).toContain('-e "SELECT 1;"');
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it.each(['ANALYZE', 'OPTIMIZE'])('%s TABLE ends well for the three tables', async (verb) => {
    const rows = await database.query(fromPage(`${verb} TABLE`));
    const fine = rows.filter((row) => row['Msg_type'] === 'status' && row['Msg_text'] === 'OK');
    expect(rows.filter((row) => String(row['Msg_type']).toLowerCase() === 'error')).toEqual([]);
    expect(fine).toHaveLength(3);
  });

  it('EXPLAIN shows idx_status_priority for pending requests', async () => {
    await database.query(
      `INSERT INTO ai_requests (endpoint, status, expires_at)
       SELECT '/x', IF(seq % 10, 'completed', 'pending'), NOW(3) + INTERVAL 1 DAY FROM ${numbers(5_000)}`,
    );
    await database.query(fromPage('ANALYZE TABLE'));
    // MySQL draws a tree, unless it is asked as the page says.
    const explain = fromPage('EXPLAIN SELECT').replace(
      /^EXPLAIN/,
      isMysqlChosen() ? 'EXPLAIN FORMAT=TRADITIONAL' : 'EXPLAIN',
    );
    expect(await database.query(explain)).toMatchObject([{ key: 'idx_status_priority' }]);
  });
});

describe('the cleanup', () => {
  it('deletes what ended more than 7 days ago and says how many', async () => {
    await insert({ status: 'completed', minutesAgo: 8 * 24 * 60, latencyMs: 10, callMs: 5 });
    await insert({ status: 'completed', minutesAgo: 6 * 24 * 60, latencyMs: 10, callMs: 5 });

    const results = await database.query<Record<string, unknown>[][]>(fromPage('CALL sp_ai_cleanup'));

    expect(Number(results[0]?.[0]?.['deleted'])).toBe(1);
  });

  it('its event is shown, can be switched on and be given another schedule', async () => {
    const show = fromPage('SHOW EVENTS');
    expect(await database.query(show)).toMatchObject([{ 'Interval value': '1', 'Interval field': 'DAY' }]);

    await database.query(fromPage('SET GLOBAL event_scheduler'));
    await database.query(fromPage('ALTER EVENT'));

    expect(await database.query(show)).toMatchObject([{ 'Interval value': '6', 'Interval field': 'HOUR' }]);
    expect(await database.query('SELECT @@GLOBAL.event_scheduler AS scheduler')).toEqual([
      { scheduler: 'ON' },
    ]);
  });
});

/** As AI_IPC_IMPLEMENTATION.md 1.0.0 has them. */
const DOCUMENT_STATEMENTS = [
  "SELECT COUNT(*) as pending FROM ai_requests WHERE status='pending'",
  'SELECT AVG(processing_time_ms) as avg_ms FROM ai_responses WHERE created_at > DATE_SUB(NOW(), INTERVAL 1 HOUR)',
  'SELECT COUNT(*) as total FROM ai_requests WHERE created_at > DATE_SUB(NOW(), INTERVAL 1 HOUR)',
  "SELECT SUM(CASE WHEN status='completed' THEN 1 ELSE 0 END) as completed, " +
    "SUM(CASE WHEN status='failed' THEN 1 ELSE 0 END) as failed, COUNT(*) as total " +
    'FROM ai_requests WHERE created_at > DATE_SUB(NOW(), INTERVAL 1 HOUR)',
  "SELECT * FROM ai_requests WHERE status='timeout' ORDER BY id DESC LIMIT 10",
  'SHOW PROCESSLIST',
  'SHOW ENGINE INNODB STATUS',
  'ANALYZE TABLE ai_requests, ai_responses, ai_request_log',
  'OPTIMIZE TABLE ai_requests, ai_responses, ai_request_log',
  "EXPLAIN SELECT * FROM ai_requests WHERE status='pending' ORDER BY priority, created_at LIMIT 10",
  'CALL sp_ai_cleanup_old_requests(7)',
  "SHOW EVENTS WHERE Name = 'evt_ai_cleanup_old_requests'",
  'SET GLOBAL event_scheduler = ON',
  'ALTER EVENT evt_ai_cleanup_old_requests ON SCHEDULE EVERY 6 HOUR',
];

it('every statement of the page was run above, and all of the document are among them', () => {
  expect([...run].sort()).toEqual([...statements].sort());
  expect(DOCUMENT_STATEMENTS.filter((statement) => !run.has(statement))).toEqual([]);
});
