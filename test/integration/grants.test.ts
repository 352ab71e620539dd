import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { checkSchema } from '../../src/database/check-schema.ts';
import type { ClaimedRequest } from '../../src/queue/request.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { startAiStub } from '../support/ai-stub.ts';
import { runCli, serving, startCli, useCli } from '../support/cli-process.ts';
import { newRequest } from '../support/new-request.ts';
import { TABLES_FILE } from '../support/schema-dump.ts';
import {
  connectAs,
  database,
  expectRefused,
  filledIn,
  loadAll,
  passwordOf,
  settingsOf,
  suffix,
  useGrants,
  userName,
} from './support/grants.ts';

useCli();
useGrants();

const EVERYBODY_REFUSED = [
  'SELECT * FROM char_data',
  'INSERT INTO char_data VALUES (1)',
  'CREATE TABLE mine (id INT)',
  'DROP TABLE char_data',
];
const CHANGES_OF_SCHEMA = [
  'ALTER TABLE ai_requests ADD COLUMN mine INT',
  'DROP TABLE ai_responses',
  'TRUNCATE TABLE ai_request_log',
  'CREATE INDEX mine ON ai_requests (endpoint)',
  'DROP PROCEDURE sp_ai_cleanup_old_requests',
  'DROP EVENT evt_ai_cleanup_old_requests',
];

describe('the file', () => {
  it('loads twice', async () => {
    await loadAll();
    await database.runClient(filledIn());
  });

  it('is an error as long as a placeholder is in it, and makes no user', async () => {
    await database.loadSqlFile(TABLES_FILE);
    const forgotten = filledIn().replace(`'${passwordOf('migrate')}'`, '{{PASSWORD_OF_MIGRATE}}');
    await expect(database.runClient(forgotten)).rejects.toThrow(/1064/);
    expect(await database.query('SELECT User FROM mysql.user WHERE User LIKE ?', [`%${suffix}`])).toEqual([]);
  });
});

describe('the game’s user', () => {
  beforeEach(loadAll);

  it('can use the five commands', async () => {
    const store = await openMariadbStore({ ...settingsOf('game'), minPoolSize: 1, maxPoolSize: 3 });
    try {
      const [first = 0, second = 0] = await store.insert([NEW_REQUEST, NEW_REQUEST]);
      expect(await store.read(first)).toMatchObject({ status: 'pending' });
      expect(await store.cancel(second)).toBe(true);
      await database.query(
        "UPDATE ai_requests SET status = 'completed', processed_at = NOW() - INTERVAL 1 DAY WHERE id = ?",
        [first],
      );
      await database.query("INSERT INTO ai_responses (request_id, response_data) VALUES (?, '{}')", [first]);
      expect(await store.read(first)).toMatchObject({ status: 'completed', responseData: '{}' });
      expect(await store.cleanup({ ageSeconds: 3600, scan: 'whole' })).toBe(1);
      await store.sightings();
    } finally {
      await store.close();
    }
    expect(await database.query('SELECT COUNT(*) AS number FROM ai_responses')).toEqual([{ number: 0 }]);
  });

  it('can say it in plain SQL', async () => {
    const connection = await connectAs('game');
    await connection.query(
      "INSERT INTO ai_requests (endpoint, expires_at) VALUES ('/a', DATE_ADD(NOW(), INTERVAL 30 SECOND))",
    );
    await connection.query('SELECT response_data FROM ai_responses WHERE request_id = LAST_INSERT_ID()');
    await connection.query('SELECT status FROM ai_requests WHERE id = 1');
    await connection.query(
      "UPDATE ai_requests SET status = 'cancelled' WHERE id = 1 AND status IN ('pending', 'processing')",
    );
    await connection.query("INSERT INTO ai_request_log (request_id, event_type) VALUES (1, 'cancelled')");
    await connection.query('SELECT doorbell, timeout_seconds FROM ai_workers');
    expect(await connection.query('DELETE FROM ai_requests WHERE id = 1')).toMatchObject({ affectedRows: 1 });
  });

  it('is told of the tables that it may not see, and of the rights, not of an upgrade', async () => {
    const connection = await connectAs('game');
    await expect(checkSchema((sql) => connection.query(sql), 'all')).rejects.toMatchObject({
      code: 'schema_missing',
      message: expect.stringMatching(
        /^This user sees no table ai_npc_memory and no ai_npc_budget.*deploy\/grants\.sql/,
      ),
    });
    await database.query(
      `REVOKE ALL ON \`${database.settings.database}\`.ai_workers FROM ${userName('game')}@localhost`,
    );
    const later = await connectAs('game');
    await expect(checkSchema((sql) => later.query(sql))).rejects.toMatchObject({
      code: 'schema_missing',
      message: expect.stringMatching(/no table ai_workers, .*deploy\/grants\.sql/),
    });
  });

  it('passes the self-test, which then names the right that its user lacks', async () => {
    const stub = await startAiStub();
    onTestFinished(() => stub.close());
    const { user, password, socketPath } = settingsOf('game');
    const env = { DB_HOST: socketPath, DB_NAME: database.settings.database };
    const worker = startCli(['worker'], {
      env: {
        ...env,
        DB_USER: database.settings.user,
        DB_PASSWORD: database.settings.password,
        AI_SERVICE_BASE_URL: stub.url,
      },
    });
    await serving(worker);

    const { exitCode, stdout } = await runCli(['selftest'], {
      env: { ...env, DB_USER: user, DB_PASSWORD: password },
    });

    expect(stdout).toContain('8 passed, 0 failed');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^WARN {2}.*(?:SELECT|DELETE) command denied.*ai_request_log.*rights SELECT, DELETE/m,
    );
    expect(await database.query('SELECT id FROM ai_requests')).toEqual([]);
  });

  it('with another DB_NAME is told to look at that', async () => {
    const settings = { ...settingsOf('game'), database: 'ragnarock', minPoolSize: 1, maxPoolSize: 3 };
    await expect(openMariadbStore(settings)).rejects.toMatchObject({
      code: 'database_denied',
      message: expect.stringMatching(
        /Access denied .* to database 'ragnarock'.* Check DB_NAME: (?!.*DB_PASSWORD)/,
      ),
    });
  });

  it('can do nothing else', async () => {
    await expectRefused('game', [
      "INSERT INTO ai_responses (request_id, response_data) VALUES (1, '{}')",
      "UPDATE ai_responses SET response_data = '{}'",
      'DELETE FROM ai_responses',
      'SELECT * FROM ai_request_log',
      'DELETE FROM ai_request_log',
      'SELECT * FROM ai_npc_memory',
      'DELETE FROM ai_npc_budget',
      'SELECT * FROM ai_npc_words',
      'DELETE FROM ai_workers',
      "INSERT INTO ai_workers (id, host, pid, version) VALUES ('w', 'h', 1, 'v')",
      "UPDATE ai_ipc_meta SET value = '9'",
      'CALL sp_ai_cleanup_old_requests(7)',
      ...CHANGES_OF_SCHEMA,
      ...EVERYBODY_REFUSED,
    ]);
  });
});

describe('the worker’s user', () => {
  beforeEach(loadAll);

  it('can take a request from beginning to end, and keep house', async () => {
    const store = await openMariadbStore({ ...settingsOf('worker'), minPoolSize: 1, maxPoolSize: 3 });
    const workerId = 'host:1:00000000';
    try {
      await store.heartbeat({
        id: workerId,
        host: 'host',
        pid: 1,
        version: '0',
        inFlight: 0,
        doorbell: null,
        timeoutSeconds: 30,
      });
      await store.insert([NEW_REQUEST, NEW_REQUEST, NEW_REQUEST]);
      const [first, second, third] = (await store.claim(workerId, 3)) as [
        ClaimedRequest,
        ClaimedRequest,
        ClaimedRequest,
      ];
      const attempt = {
        ...first,
        attempt: 1,
        outcome: { kind: 'completed', answer: '{}' },
        durationMs: 5,
      } as const;
      expect(await store.settle(workerId, [attempt])).toEqual(['written']);
      expect(await store.release(workerId, [second])).toBe(1);
      expect(await store.listClaims(workerId)).toEqual([{ id: third.id, claimNo: third.claimNo }]);
      expect(await store.rescue({ workerIds: [workerId], maxAttempts: 3, rescuerId: 'me' })).toEqual({
        rescued: 1,
        failed: 0,
      });
      await store.expire({ limit: 10 });
      await store.sightings();
      await store.retire([workerId]);
      await store.cleanup({ ageSeconds: 60, logRetentionDays: 30, scan: 'whole' });
    } finally {
      await store.close();
    }
  });

  it('can change no table and see nothing else', async () => {
    await expectRefused('worker', [...CHANGES_OF_SCHEMA, ...EVERYBODY_REFUSED]);
  });
});

it('the read-only user reads all tables and changes nothing', async () => {
  await loadAll();
  const connection = await connectAs('readonly');
  const tables = [
    'ai_requests',
    'ai_responses',
    'ai_request_log',
    'ai_workers',
    'ai_ipc_meta',
    'ai_npc_memory',
    'ai_npc_budget',
    'ai_npc_words',
  ];
  for (const table of tables) await connection.query(`SELECT * FROM ${table}`);
  await checkSchema((sql) => connection.query(sql), 'all');
  await expectRefused('readonly', [
    "INSERT INTO ai_requests (endpoint) VALUES ('/a')",
    ...tables.map((table) => `DELETE FROM ${table}`),
    'CALL sp_ai_cleanup_old_requests(7)',
    ...CHANGES_OF_SCHEMA,
    ...EVERYBODY_REFUSED,
  ]);
});

const NEW_REQUEST = newRequest({ data: '{}' });
