import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { insertAwkwardRows, LONG_RESPONSE } from '../support/document-rows.ts';
import { loadDocumentSchema, migrateSettings } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadDocumentSchema(database);
});
afterEach(() => database.drop());

const query = (sql: string) => database.query(sql);

async function runMigrate(): Promise<string[]> {
  const steps: string[] = [];
  await migrate({
    settings: migrateSettings(database),
    confirm: async () => false,
    onStep: (text) => steps.push(text),
  });
  return steps;
}

async function statusOf(id: number): Promise<unknown> {
  const [row] = await query(
    `SELECT status, error_code, processed_at IS NULL AS is_open FROM ai_requests WHERE id = ${id}`,
  );
  return row;
}

describe('awkward rows', () => {
  beforeEach(async () => {
    await insertAwkwardRows(database);
    await runMigrate();
  });

  it('are all there, with what was in them', async () => {
    expect(await query('SELECT id, endpoint, request_data, source_npc FROM ai_requests ORDER BY id')).toEqual(
      [
        { id: 1, endpoint: '/completed', request_data: '{"message":"Grüße 😀"}', source_npc: 'Sage' },
        { id: 2, endpoint: '/null-alive', request_data: '{}', source_npc: null },
        { id: 3, endpoint: '/null-overdue', request_data: '{}', source_npc: null },
        { id: 4, endpoint: '/null-with-response', request_data: '{}', source_npc: null },
        { id: 5, endpoint: '/far-future', request_data: null, source_npc: null },
        { id: 6, endpoint: '/zero-date', request_data: null, source_npc: null },
        { id: 7, endpoint: '/before-1970', request_data: null, source_npc: null },
        { id: 8, endpoint: '/claimed-by-nobody', request_data: null, source_npc: null },
        { id: 9, endpoint: '/no-such-status', request_data: null, source_npc: null },
        { id: 10, endpoint: '/null-far-future', request_data: null, source_npc: null },
        { id: 4_294_967_295, endpoint: '/last-int', request_data: null, source_npc: null },
      ],
    );
  });

  it('get ids above INT from now on', async () => {
    await query("INSERT INTO ai_requests (endpoint) VALUES ('/next')");
    expect(await query("SELECT id FROM ai_requests WHERE endpoint = '/next'")).toEqual([
      { id: 4_294_967_296 },
    ]);
    await query("INSERT INTO ai_responses (request_id, response_data) VALUES (4294967296, '{}')");
  });

  it('without a status are pending while they live', async () => {
    expect(await statusOf(2)).toEqual({ status: 'pending', error_code: null, is_open: 1 });
    expect(await statusOf(10)).toEqual({ status: 'pending', error_code: null, is_open: 1 });
  });

  it('without a status are timeout when their life is over, with a response and a log row', async () => {
    expect(await statusOf(3)).toEqual({ status: 'timeout', error_code: 'expired', is_open: 0 });
    expect(await query('SELECT response_data, error_message FROM ai_responses WHERE request_id = 3')).toEqual(
      [{ response_data: null, error_message: expect.stringContaining('never served') }],
    );
    expect(await query('SELECT event_type, event_data FROM ai_request_log WHERE request_id = 3')).toEqual([
      { event_type: 'timeout', event_data: '{"attempt":0,"error_code":"expired"}' },
    ]);
  });

  it('without a status keep a response that they have', async () => {
    expect(await statusOf(4)).toMatchObject({ status: 'timeout' });
    expect(await query('SELECT response_data FROM ai_responses WHERE request_id = 4')).toEqual([
      { response_data: '{"text":"answered all the same"}' },
    ]);
  });

  it('with a status that does not exist are failed, as the worker would do it', async () => {
    expect(await statusOf(9)).toEqual({ status: 'failed', error_code: 'bad_status', is_open: 0 });
    expect(await query('SELECT event_type FROM ai_request_log WHERE request_id = 9')).toEqual([
      { event_type: 'failed' },
    ]);
    expect(await query('SELECT error_message FROM ai_responses WHERE request_id = 9')).toEqual([
      { error_message: expect.stringContaining('status that does not exist') },
    ]);
  });

  it('in processing that no worker holds stay so, for the rescue', async () => {
    expect(await statusOf(8)).toEqual({ status: 'processing', error_code: null, is_open: 1 });
    expect(await query('SELECT claimed_by, attempts, claim_no FROM ai_requests WHERE id = 8')).toEqual([
      { claimed_by: null, attempts: 0, claim_no: 0 },
    ]);
  });

  it('keep the first response; the others are in the log, whole', async () => {
    expect(
      await query('SELECT id, response_data, processing_time_ms FROM ai_responses WHERE request_id = 1'),
    ).toEqual([{ id: 1, response_data: '{"text":"first"}', processing_time_ms: 12 }]);
    const moved = await movedResponses('duplicate_response');
    expect(moved).toEqual([
      { requestId: 1, responseId: 3, data: LONG_RESPONSE, error: '', ms: 34, createdAt: expect.any(Number) },
      { requestId: 1, responseId: 4, data: '', error: 'third', ms: null, createdAt: expect.any(Number) },
    ]);
  });

  it('that answer no request are in the log, whole', async () => {
    expect(await movedResponses('orphan_response')).toEqual([
      {
        requestId: 77,
        responseId: 5,
        data: '{"text":"of no request"}',
        error: '',
        ms: 5,
        createdAt: expect.any(Number),
      },
      {
        requestId: 77,
        responseId: 6,
        data: '{"text":"of no request, again"}',
        error: '',
        ms: null,
        createdAt: expect.any(Number),
      },
    ]);
  });

  it('of the log stay, and each status that changed has one more', async () => {
    const rows = await query(
      'SELECT request_id, event_type FROM ai_request_log ORDER BY event_type, request_id',
    );
    expect(rows.filter(({ event_type }) => !String(event_type).endsWith('_response'))).toEqual([
      { request_id: 1, event_type: 'completed' },
      { request_id: 9, event_type: 'failed' },
      { request_id: 3, event_type: 'timeout' },
      { request_id: 4, event_type: 'timeout' },
    ]);
  });

  it('have ends that TIMESTAMP can hold', async () => {
    const ends = await query(
      'SELECT id, UNIX_TIMESTAMP(expires_at) + 0.0 AS end FROM ai_requests WHERE id IN (5, 6, 7, 10) ORDER BY id',
    );
    expect(ends.map(({ id, end }) => [id, Number(end)])).toEqual([
      [5, 2_147_483_647],
      [6, 1],
      [7, 1],
      [10, 2_147_483_647],
    ]);
  });
});

it('rows in latin1 keep their characters, and the log takes what latin1 has not', async () => {
  await query('ALTER TABLE ai_responses DROP FOREIGN KEY fk_ai_responses_request_id');
  await query('ALTER TABLE ai_requests CONVERT TO CHARACTER SET latin1');
  await query('ALTER TABLE ai_request_log CONVERT TO CHARACTER SET latin1');
  await query(
    "INSERT INTO ai_requests (id, endpoint, status, expires_at, source_npc) VALUES (1, '/a', 'completed', NOW(), 'Müller')",
  );
  await query("INSERT INTO ai_responses (request_id, response_data) VALUES (1, 'erste'), (1, '第二 😀')");
  await runMigrate();
  expect(await query('SELECT source_npc FROM ai_requests')).toEqual([{ source_npc: 'Müller' }]);
  expect(await movedResponses('duplicate_response')).toMatchObject([{ data: '第二 😀' }]);
});

it('a value that does not fit stops the upgrade with its name, and it goes on once that is mended', async () => {
  await query('ALTER TABLE ai_requests MODIFY source_map VARCHAR(200)');
  await query(
    `INSERT INTO ai_requests (endpoint, status, expires_at, source_map) VALUES ('/a', NULL, NOW(), '${'m'.repeat(31)}')`,
  );
  await expect(runMigrate()).rejects.toMatchObject({
    code: 'database_failed',
    message: expect.stringMatching(/source_map.* nothing was lost/),
  });
  expect(await query('SELECT LENGTH(source_map) AS length FROM ai_requests')).toEqual([{ length: 31 }]);
  await query("UPDATE ai_requests SET source_map = 'prontera'");
  await runMigrate();
  expect(await query('SELECT status, source_map FROM ai_requests')).toEqual([
    { status: 'timeout', source_map: 'prontera' },
  ]);
});

it('a foreign key from a table of the admin’s own is refused with its cure, before anything is changed', async () => {
  await query(
    'CREATE TABLE quest (id INT, ask INT UNSIGNED, CONSTRAINT quest_ask FOREIGN KEY (ask) REFERENCES ai_requests (id))',
  );
  const before = await query('SHOW CREATE TABLE ai_requests');
  await expect(runMigrate()).rejects.toMatchObject({
    code: 'migrate_blocked',
    message: expect.stringContaining('`quest` DROP FOREIGN KEY `quest_ask`'),
  });
  expect(await query('SHOW CREATE TABLE ai_requests')).toEqual(before);
  expect(await query("SHOW TABLES LIKE 'ai_ipc_meta'")).toEqual([]);
  await query('ALTER TABLE quest DROP FOREIGN KEY quest_ask');
  await runMigrate();
});

interface MovedResponse {
  readonly requestId: unknown;
  readonly responseId: number;
  readonly data: string;
  readonly error: string;
  readonly ms: number | null;
  readonly createdAt: number;
}

/** Puts together again what was moved in parts. */
async function movedResponses(eventType: string): Promise<MovedResponse[]> {
  const rows = await query(
    `SELECT request_id, event_data FROM ai_request_log WHERE event_type = '${eventType}' ORDER BY id`,
  );
  const moved = new Map<number, MovedResponse>();
  for (const row of rows) {
    const part = JSON.parse(String(row['event_data']));
    const before = moved.get(part.response_id);
    moved.set(part.response_id, {
      requestId: row['request_id'],
      responseId: part.response_id,
      data: (before?.data ?? '') + (part.response_data ?? ''),
      error: (before?.error ?? '') + (part.error_message ?? ''),
      ms: part.processing_time_ms,
      createdAt: part.created_at_unix,
    });
  }
  return [...moved.values()];
}
