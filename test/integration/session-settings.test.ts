import type { Connection } from 'mariadb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../../src/database/check-schema.ts';
import { migrate } from '../../src/database/migrate.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { newRequest } from '../support/new-request.ts';
import { numbers } from '../support/numbers.ts';
import { loadDocumentSchema, migrateSettings } from '../support/schema-dump.ts';
import { createTestDatabase, TestDatabase } from '../support/test-database.ts';

const WORKER = 'host:1:00000000';
const REQUESTS = 20;
const TEXT = JSON.stringify({ text: 'ประเทศไทย "Grüße" \\ 🐉' });

/** What admins set for all sessions: one after the other, each alone. */
const EVERYWHERE = [
  'autocommit = 0',
  'sql_safe_updates = 1',
  "completion_type = 'CHAIN'",
  "completion_type = 'RELEASE'",
  'sql_select_limit = 7',
  'sql_big_selects = 0, GLOBAL max_join_size = 1',
  'foreign_key_checks = 0',
  'unique_checks = 0',
  'group_concat_max_len = 4',
  'wait_timeout = 1, GLOBAL interactive_timeout = 1',
  "sql_mode = ''",
  "time_zone = '-09:30'",
  'optimizer_search_depth = 1, GLOBAL max_seeks_for_key = 1, GLOBAL eq_range_index_dive_limit = 1',
  'innodb_strict_mode = 0',
  "init_connect = 'SET NAMES latin1'",
  "init_connect = 'SET autocommit = 0, sql_select_limit = 3'",
  "character_set_server = 'utf16'",
  'auto_increment_increment = 10, GLOBAL auto_increment_offset = 7',
  'max_error_count = 0',
] as const;
const ON_MARIADB = [
  'tx_read_only = 1',
  "tx_isolation = 'SERIALIZABLE'",
  'lock_wait_timeout = 0, GLOBAL innodb_lock_wait_timeout = 0',
  'max_statement_time = 0.002',
  'idle_transaction_timeout = 1, GLOBAL idle_write_transaction_timeout = 1',
  "sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,IGNORE_SPACE,EMPTY_STRING_IS_NULL'",
  "optimizer_switch = 'mrr=on,mrr_sort_keys=on,join_cache_bka=on', GLOBAL join_cache_level = 8",
  'in_predicate_conversion_threshold = 2',
  "sql_mode = 'ORACLE'",
  "sql_mode = 'SIMULTANEOUS_ASSIGNMENT,TIME_ROUND_FRACTIONAL'",
  "alter_algorithm = 'INSTANT'",
] as const;
const ON_MYSQL = [
  'transaction_read_only = 1',
  "transaction_isolation = 'SERIALIZABLE'",
  'lock_wait_timeout = 1, GLOBAL innodb_lock_wait_timeout = 1',
  'max_execution_time = 1',
  "sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,IGNORE_SPACE,PAD_CHAR_TO_FULL_LENGTH,TIME_TRUNCATE_FRACTIONAL'",
  "optimizer_switch = 'mrr=on,mrr_cost_based=off,batched_key_access=on,derived_merge=off'",
  'sql_require_primary_key = 1',
  'sql_generate_invisible_primary_key = 1',
  'explicit_defaults_for_timestamp = 0',
  'cte_max_recursion_depth = 1',
  'regexp_time_limit = 1, GLOBAL regexp_stack_limit = 1',
  "default_collation_for_utf8mb4 = 'utf8mb4_general_ci'",
  "collation_server = 'utf8mb4_0900_ai_ci'",
] as const;
const SETTINGS = [...EVERYWHERE, ...(isMysqlChosen() ? ON_MYSQL : ON_MARIADB)];

const server = new MariadbServer({ extraArgs: ['--loose-skip-character-set-client-handshake'] });
let admin: Connection;
let database: TestDatabase;
/** As a worker has it: not the one to whom init_connect does not apply. */
let plain: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(await server.start());
  admin = await database.connect();
  await admin.query('SET NAMES utf8mb4');
  await admin.query("CREATE USER plain@'%' IDENTIFIED BY 'pw'");
  await admin.query("GRANT ALL ON *.* TO plain@'%'");
  const exempt = isMysqlChosen() ? 'CONNECTION_ADMIN' : 'CONNECTION ADMIN';
  await admin.query(`REVOKE SUPER, ${exempt} ON *.* FROM plain@'%'`);
});
afterEach(async () => {
  for (const setting of SETTINGS) {
    const names = [...setting.matchAll(/(?:^|GLOBAL )(\w+) =/g)].map(([, name]) => name);
    for (const name of names) await admin.query(`SET GLOBAL ${name} = DEFAULT`);
  }
  await plain.drop();
});
afterAll(() => server.remove());

async function arrange(setting: string): Promise<void> {
  const name = 'ai_ipc_plain';
  await admin.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  plain = new TestDatabase({ ...database.settings, user: 'plain', password: 'pw', database: name });
  await admin.query(`USE ${name}`);
  await admin.query(`SET GLOBAL ${setting}`);
}

const runMigrate = () =>
  migrate({ settings: migrateSettings(plain), confirm: async () => true, onStep: () => undefined });

describe('a request goes its whole way with', () => {
  it.each(SETTINGS)('SET GLOBAL %s', async (setting) => {
    await arrange(setting);
    await runMigrate();
    const store = await openMariadbStore({ ...migrateSettings(plain), minPoolSize: 2, maxPoolSize: 4 });
    try {
      const ids = await store.insert(Array.from({ length: REQUESTS }, () => NEW_REQUEST));
      const claims = await store.claim(WORKER, REQUESTS);
      expect(claims.map(({ id }) => id)).toEqual(ids);
      const outcome = { kind: 'completed', answer: TEXT } as const;
      const attempts = claims.map((claim) => ({ ...claim, attempt: 1, outcome, durationMs: 5 }));
      expect(await store.settle(WORKER, attempts)).toEqual(ids.map(() => 'written'));
      expect(await store.read(ids[0] ?? 0)).toMatchObject({ status: 'completed', responseData: TEXT });
      const [stored] = await admin.query(
        'SELECT response_data AS text, NOW() AS now FROM ai_responses LIMIT 1',
      );
      expect(stored.text).toBe(TEXT);

      await admin.query('UPDATE ai_requests SET processed_at = NOW(3) - INTERVAL 1 DAY');
      await admin.query('COMMIT');
      expect(await store.cleanup({ ageSeconds: 3600, scan: 'whole' })).toBe(REQUESTS);
      expect(await admin.query('SELECT id FROM ai_responses')).toEqual([]);
    } finally {
      await store.close();
    }
  });
});

describe("the document's tables are brought up to date once, with all their rows, with", () => {
  it.each(SETTINGS)('SET GLOBAL %s', async (setting) => {
    await arrange('sql_mode = DEFAULT');
    await loadDocumentSchema(plain);
    await admin.query(
      `INSERT INTO ai_requests (request_type, endpoint, request_data, status, expires_at)
       SELECT 'dialogue', '/old', '{}', 'completed', NOW() FROM ${numbers(REQUESTS)}`,
    );
    await admin.query(`SET GLOBAL ${setting}`);
    expect(await runMigrate()).toMatchObject({ from: 1, to: SCHEMA_VERSION });
    expect(await runMigrate()).toMatchObject({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
    expect(await admin.query('SELECT COUNT(*) AS number FROM ai_requests')).toMatchObject([
      { number: REQUESTS },
    ]);
  });
});

const NEW_REQUEST = newRequest({ data: TEXT, timeoutSeconds: 300 });
