import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkSchema, SCHEMA_VERSION } from '../../src/database/check-schema.ts';
import { migrate } from '../../src/database/migrate.ts';
import { openSqliteWithSchema } from '../../src/database/sqlite-schema.ts';
import { createNpcMemory } from '../../src/service/memory/npc-memory.ts';
import { dumpSchema, migrateSettings, TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const VERSION_2 = new URL('../support/schema-version-2.sql', import.meta.url).pathname;
const VERSION_2_SQLITE = new URL('../support/schema-version-2.sqlite.sql', import.meta.url);
const ROWS = [
  "INSERT INTO ai_requests (endpoint, status) VALUES ('/a', 'completed'), ('/b', 'pending')",
  "INSERT INTO ai_responses (request_id, response_data) VALUES (1, '{}')",
  "INSERT INTO ai_request_log (request_id, event_type) VALUES (1, 'completed')",
  "INSERT INTO ai_workers (id, host, pid, version) VALUES ('w', 'h', 1, '0.1.0')",
];
const TABLES = ['ai_requests', 'ai_responses', 'ai_request_log', 'ai_workers'];

describe('tables of version 2 on MariaDB', () => {
  let database: TestDatabase;
  let reference: TestDatabase;
  let steps: string[];

  beforeEach(async () => {
    steps = [];
    [database, reference] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await reference.loadSqlFile(TABLES_FILE);
    await database.loadSqlFile(VERSION_2);
    for (const row of ROWS) await database.query(row);
  });
  afterEach(async () => {
    await Promise.all([database.drop(), reference.drop()]);
  });

  const query = (sql: string) => database.query(sql);
  const allRows = async () =>
    await Promise.all(TABLES.map((table) => query(`SELECT * FROM ${table} ORDER BY 1`)));
  const runMigrate = () =>
    migrate({
      settings: migrateSettings(database),
      confirm: async () => false,
      onStep: (text) => steps.push(text),
    });

  async function expectPresentSchema(): Promise<void> {
    expect(await dumpSchema(database)).toEqual(await dumpSchema(reference));
    await checkSchema(query, 'all');
  }

  test('are refused by what needs the present ones, which says what to do', async () => {
    await expect(checkSchema(query)).rejects.toMatchObject({
      code: 'schema_old',
      message: expect.stringMatching(/version 2 .*Run `ai-ipc migrate`/),
    });
    await expect(checkSchema(query, 'all')).rejects.toMatchObject({
      message: expect.stringContaining('ai_npc_memory'),
    });
  });

  test('get the new ones and keep every row', async () => {
    const rows = await allRows();
    expect(await runMigrate()).toEqual({ from: 2, to: SCHEMA_VERSION });
    expect(await allRows()).toEqual(rows);
    expect(steps.join('\n')).toMatch(/of version 2: .*new tables/);
    await expectPresentSchema();
    expect(await runMigrate()).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
  });

  test('get the new ones from the file alone', async () => {
    const rows = await allRows();
    await database.loadSqlFile(TABLES_FILE);
    expect(await allRows()).toEqual(rows);
    await expectPresentSchema();
  });

  test('of more than 100,000 rows are no reason to ask: none is copied', async () => {
    await query(
      "INSERT INTO ai_request_log (request_id, event_type) SELECT seq, 'claimed' FROM seq_1_to_100001",
    );
    expect(await runMigrate()).toEqual({ from: 2, to: SCHEMA_VERSION });
    await expectPresentSchema();
  });

  test.each(['ai_npc_memory', 'ai_npc_budget'])('get %s again when it was dropped', async (table) => {
    await runMigrate();
    await query(`DROP TABLE ${table}`);
    await checkSchema(query);
    await expect(checkSchema(query, 'all')).rejects.toMatchObject({ code: 'schema_missing' });
    expect(await runMigrate()).toEqual({ from: 2, to: SCHEMA_VERSION });
    await expectPresentSchema();
  });
});

describe('a SQLite file of version 2', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ai-ipc-version-2-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('gets the new tables when it is opened, and keeps every row', async () => {
    const file = join(folder, 'queue.db');
    const old = new DatabaseSync(file);
    old.exec(readFileSync(VERSION_2_SQLITE, 'utf8'));
    for (const row of ROWS) old.exec(row);
    const allRows = () => TABLES.map((table) => old.prepare(`SELECT * FROM ${table}`).all());
    const rows = allRows();

    const database = await openSqliteWithSchema(file);
    const owner = { npcId: 'sage', playerId: 'Bob' };
    await createNpcMemory(database, 'sqlite').remember(owner, { said: 'Hi', answered: 'Yes?' }, null);
    await database.close();

    expect(allRows()).toEqual(rows);
    expect(old.prepare("SELECT value FROM ai_ipc_meta WHERE name = 'schema_version'").get()).toEqual({
      value: String(SCHEMA_VERSION),
    });
    old.close();
  });
});
