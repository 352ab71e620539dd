import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkSchema, SCHEMA_VERSION } from '../../src/database/check-schema.ts';
import { migrate } from '../../src/database/migrate.ts';
import { openSqliteWithSchema } from '../../src/database/sqlite-schema.ts';
import { createNpcMemory } from '../../src/service/memory/npc-memory.ts';
import { numbers } from '../support/numbers.ts';
import { dumpSchema, migrateSettings, TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const VERSION_2 = new URL('../support/schema-version-2.sql', import.meta.url).pathname;
const UPGRADE_TO_3 = new URL('../../sql-files/upgrades/0003_npc_memory.sql', import.meta.url).pathname;
const UPGRADE_TO_4 = new URL('../../sql-files/upgrades/0004_rows_of_one_size.sql', import.meta.url).pathname;
const UPGRADE_TO_5 = new URL('../../sql-files/upgrades/0005_words_of_memory.sql', import.meta.url).pathname;
const VERSION_2_SQLITE = new URL('../support/schema-version-2.sqlite.sql', import.meta.url);
const ROWS = [
  "INSERT INTO ai_requests (endpoint, status) VALUES ('/a', 'completed'), ('/b', 'pending')",
  "INSERT INTO ai_responses (request_id, response_data) VALUES (1, '{}')",
  "INSERT INTO ai_request_log (request_id, event_type) VALUES (1, 'completed')",
  "INSERT INTO ai_workers (id, host, pid, version) VALUES ('w', 'h', 1, '0.1.0')",
];
const TABLES = ['ai_requests', 'ai_responses', 'ai_request_log', 'ai_workers'];

/** Each version is the one before with what its upgrade brought. */
const LOADS: Readonly<Record<number, (database: TestDatabase) => Promise<void>>> = {
  2: (database) => database.loadSqlFile(VERSION_2),
  3: async (database) => {
    await database.loadSqlFile(VERSION_2);
    await database.loadSqlFile(UPGRADE_TO_3);
    await database.query("UPDATE ai_ipc_meta SET value = '3' WHERE name = 'schema_version'");
  },
};

let database: TestDatabase;
let reference: TestDatabase;
let steps: string[];
let asked: number[];

beforeEach(async () => {
  [steps, asked] = [[], []];
  [database, reference] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await reference.loadSqlFile(TABLES_FILE);
});
afterEach(async () => {
  await Promise.all([database.drop(), reference.drop()]);
});

const query = (sql: string) => database.query(sql);
const allRows = async () =>
  await Promise.all(TABLES.map((table) => query(`SELECT * FROM ${table} ORDER BY 1`)));

function runMigrate(isWilling = false) {
  const confirm = async (rows: number) => {
    asked.push(rows);
    return isWilling;
  };
  return migrate({ settings: migrateSettings(database), confirm, onStep: (text) => steps.push(text) });
}

async function expectPresentSchema(): Promise<void> {
  expect(await dumpSchema(database)).toEqual(await dumpSchema(reference));
  await checkSchema(query, 'all');
}

describe.each([2, 3])('tables of version %i on MariaDB', (version) => {
  beforeEach(async () => {
    await LOADS[version]!(database);
    for (const row of ROWS) await database.query(row);
  });

  it('are refused by what needs the present ones, which says what to do', async () => {
    await expect(checkSchema(query)).rejects.toMatchObject({
      code: 'schema_old',
      message: expect.stringMatching(/ai_requests claimed_by char.* version 5.* Run `ai-ipc migrate`/),
    });
    await expect(checkSchema(query, 'all')).rejects.toMatchObject({
      message: expect.stringContaining(`version ${version} `),
    });
  });

  it('are brought up to date and keep every row', async () => {
    const rows = await allRows();
    expect(await runMigrate()).toEqual({ from: version, to: SCHEMA_VERSION, hasRestored: false });
    expect(await allRows()).toEqual(rows);
    expect(steps.join('\n')).toMatch(
      new RegExp(`of version ${version}: .*Changing the table ai_requests`, 's'),
    );
    await expectPresentSchema();
    expect(await runMigrate()).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION, hasRestored: false });
    expect(asked).toEqual([]);
  });

  it('are brought up to date after the file was loaded over them, which changes none that is there', async () => {
    const rows = await allRows();
    await database.loadSqlFile(TABLES_FILE);
    expect(await allRows()).toEqual(rows);
    await expect(checkSchema(query)).rejects.toMatchObject({ code: 'schema_old' });
    expect(await runMigrate()).toMatchObject({ from: version });
    await expectPresentSchema();
  });

  it('are copied at once, whatever the log has, below 100,000 requests', async () => {
    await query(
      `INSERT INTO ai_request_log (request_id, event_type) SELECT seq, 'claimed' FROM ${numbers(100_001)}`,
    );
    expect(await runMigrate()).toEqual({ from: version, to: SCHEMA_VERSION, hasRestored: false });
    expect(asked).toEqual([]);
  });

  it('are not copied with more requests before somebody has said yes', async () => {
    await query(
      `INSERT INTO ai_requests (endpoint, status) SELECT '/a', 'completed' FROM ${numbers(100_001)}`,
    );
    await expect(runMigrate()).rejects.toMatchObject({ code: 'migrate_needs_yes' });
    await expect(checkSchema(query)).rejects.toMatchObject({ code: 'schema_old' });
    expect(await runMigrate(true)).toMatchObject({ from: version });
    expect(asked).toEqual([100_003, 100_003]);
    await expectPresentSchema();
  });

  it('go on when the upgrade was cut short before the version was written', async () => {
    await database.loadSqlFile(UPGRADE_TO_4);
    expect(await runMigrate()).toMatchObject({ from: version });
    await expectPresentSchema();
  });

  it('keep the claims of workers, cut at 81 characters and with ? for a letter that is not ASCII', async () => {
    const name = `${'x'.repeat(81)}yz`;
    await query(`INSERT INTO ai_requests (endpoint, claimed_by) VALUES ('/a', '${name}')`);
    await query("UPDATE ai_requests SET claimed_by = 'höst:1:0a1b2c3d', status = 'processing' WHERE id = 1");
    await query("UPDATE ai_requests SET claimed_by = 'host:1:0a1b2c3d', status = 'processing' WHERE id = 2");
    await runMigrate();
    expect(await query('SELECT claimed_by FROM ai_requests ORDER BY id')).toEqual([
      { claimed_by: 'h?st:1:0a1b2c3d' },
      { claimed_by: 'host:1:0a1b2c3d' },
      { claimed_by: 'x'.repeat(81) },
    ]);
  });
});

describe('tables of version 4 on MariaDB', () => {
  beforeEach(async () => {
    await LOADS[3]!(database);
    await database.loadSqlFile(UPGRADE_TO_4);
    await query("UPDATE ai_ipc_meta SET value = '4' WHERE name = 'schema_version'");
  });

  it('are refused by what needs the present ones, and brought up to date without a copy of a table', async () => {
    await expect(checkSchema(query, 'all')).rejects.toMatchObject({
      code: 'schema_old',
      message: expect.stringMatching(/of version 4 .*ai_npc_words turn bigint.*Run `ai-ipc migrate`/),
    });
    await query("INSERT INTO ai_npc_memory (npc_id, player_id, said, answered) VALUES ('a', 'b', 'c', 'd')");
    await query(
      `INSERT INTO ai_requests (endpoint, status) SELECT '/a', 'completed' FROM ${numbers(100_001)}`,
    );
    expect(await runMigrate()).toEqual({ from: 4, to: SCHEMA_VERSION, hasRestored: false });
    expect(asked).toEqual([]);
    expect(await query('SELECT said FROM ai_npc_memory')).toEqual([{ said: 'c' }]);
    await expectPresentSchema();
  });

  it('go on when the upgrade was cut short before the version was written', async () => {
    await database.loadSqlFile(UPGRADE_TO_5);
    expect(await runMigrate()).toMatchObject({ from: 4 });
    await expectPresentSchema();
  });
});

describe('tables of version 3 whose row format must stay', () => {
  beforeEach(() => LOADS[3]!(database));

  it.each([
    ['for an index on long texts', 'ALTER TABLE ai_requests ADD INDEX my_endpoint (source_npc, endpoint)'],
    ['for its many columns', `ALTER TABLE ai_requests ${columns(9, 'TEXT')}`],
    ['for its compression', 'ALTER TABLE ai_requests ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8'],
    [
      'for columns that would not fit when they are filled',
      `ALTER TABLE ai_requests ${columns(10, 'VARCHAR(255)')}`,
    ],
  ])('%s are upgraded in all else, and the admin is told', async (_, change) => {
    for (const row of ROWS) await query(row);
    await query(change);
    const rows = await allRows();
    const before = await formatOf('ai_requests');

    expect(await runMigrate()).toEqual({ from: 3, to: SCHEMA_VERSION, hasRestored: false });

    expect(steps.join('\n')).toMatch(
      /The table keeps its row format, since the server refuses .*All works the same/,
    );
    expect(await formatOf('ai_requests')).toEqual(before);
    expect(await allRows()).toEqual(rows);
    await checkSchema(query, 'all');
    expect(await runMigrate()).toMatchObject({ from: SCHEMA_VERSION });
  });

  function columns(count: number, type: string): string {
    return Array.from({ length: count }, (_, at) => `ADD COLUMN mine${at} ${type}`).join(', ');
  }

  async function formatOf(table: string): Promise<unknown> {
    const [row] = await query(
      `SELECT ROW_FORMAT AS format FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${table}'`,
    );
    return row!['format'];
  }
});

it('the file loads where the server compresses new tables', async () => {
  const file = readFileSync(TABLES_FILE, 'utf8');
  await database.runClient(`SET SESSION sql_mode = '' /*M!, innodb_compression_default = ON */;\n${file}`);
  await expectPresentSchema();
});

describe('tables of the present version', () => {
  beforeEach(() => database.loadSqlFile(TABLES_FILE));

  it.each(['ai_npc_memory', 'ai_npc_budget', 'ai_npc_words'])(
    'get %s again when it was dropped',
    async (table) => {
      await query(`DROP TABLE ${table}`);
      await query(
        `INSERT INTO ai_requests (endpoint, status) SELECT '/a', 'completed' FROM ${numbers(100_001)}`,
      );
      await checkSchema(query);
      await expect(checkSchema(query, 'all')).rejects.toMatchObject({ code: 'schema_missing' });
      const from = table === 'ai_npc_words' ? 4 : 2;
      expect(await runMigrate()).toEqual({ from, to: SCHEMA_VERSION, hasRestored: false });
      expect(asked).toEqual([]);
      await expectPresentSchema();
    },
  );

  it('have the AI service fill the words anew, once their table was dropped', async () => {
    await query("INSERT INTO ai_ipc_meta (name, value) VALUES ('npc_words', 'complete')");
    await query('DROP TABLE ai_npc_words');
    await runMigrate();
    expect(await query("SELECT value FROM ai_ipc_meta WHERE name = 'npc_words'")).toEqual([]);
  });
});

describe('a SQLite file of version 2', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ai-ipc-version-2-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('gets the new tables when it is opened, and keeps every row', async () => {
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
