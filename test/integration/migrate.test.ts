import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  checkSchema,
  REQUIRED_COLUMNS,
  readSchema,
  SCHEMA_VERSION,
} from '../../src/database/check-schema.ts';
import { migrate } from '../../src/database/migrate.ts';
import { insertAwkwardRows } from '../support/document-rows.ts';
import { dumpSchema, loadDocumentSchema, migrateSettings, TABLES_FILE } from '../support/schema-dump.ts';
import { serverKind } from '../support/server-kind.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
let reference: TestDatabase;

beforeEach(async () => {
  [database, reference] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});
afterEach(async () => {
  await Promise.all([database.drop(), reference.drop()]);
});

const query = (sql: string) => database.query(sql);

async function runMigrate(): Promise<{ from: number; to: number; steps: string[] }> {
  const steps: string[] = [];
  const result = await migrate({
    settings: migrateSettings(database),
    confirm: async () => false,
    onStep: (text) => steps.push(text),
  });
  return { ...result, steps };
}

async function expectPresentSchema(): Promise<void> {
  await reference.loadSqlFile(TABLES_FILE);
  expect(await dumpSchema(database)).toEqual(await dumpSchema(reference));
  await checkSchema(query);
}

describe('the schema is the same', () => {
  it('from an empty database', async () => {
    expect(await runMigrate()).toMatchObject({ from: 0, to: SCHEMA_VERSION });
    await expectPresentSchema();
  });

  it('from the file alone, loaded twice by the plain client', async () => {
    await database.loadSqlFile(TABLES_FILE);
    const queueId = await query("SELECT value FROM ai_ipc_meta WHERE name = 'queue_id'");
    await database.loadSqlFile(TABLES_FILE);
    await checkSchema(query);
    expect(await query("SELECT value FROM ai_ipc_meta WHERE name = 'queue_id'")).toEqual(queueId);
    expect(await runMigrate()).toMatchObject({ from: SCHEMA_VERSION });
    await expectPresentSchema();
  });

  it("from the document's tables without rows", async () => {
    await loadDocumentSchema(database);
    expect(await runMigrate()).toMatchObject({ from: 1, to: SCHEMA_VERSION });
    await expectPresentSchema();
  });

  it("from the document's tables with awkward rows", async () => {
    await loadDocumentSchema(database);
    await insertAwkwardRows(database);
    await runMigrate();
    await expectPresentSchema();
  });

  it.each(['ai_request_log', 'ai_responses'])('from the document’s tables without %s', async (table) => {
    await loadDocumentSchema(database);
    await query(`DROP TABLE ${table}`);
    await runMigrate();
    await expectPresentSchema();
  });

  it('from MyISAM tables in latin1, whose foreign key has another name', async () => {
    await loadDocumentSchema(database);
    await query('ALTER TABLE ai_responses DROP FOREIGN KEY fk_ai_responses_request_id');
    for (const table of ['ai_requests', 'ai_responses', 'ai_request_log']) {
      await query(`ALTER TABLE ${table} CONVERT TO CHARACTER SET latin1`);
    }
    await query('ALTER TABLE ai_request_log ENGINE=MyISAM');
    await query(
      'ALTER TABLE ai_responses ADD CONSTRAINT `my``key` FOREIGN KEY (request_id) REFERENCES ai_requests (id)',
    );
    await runMigrate();
    await expectPresentSchema();
  });

  it('from tables that are all MyISAM, without a foreign key', async () => {
    const { isMysql } = await serverKind(query);
    await loadDocumentSchema(database);
    await query('ALTER TABLE ai_responses DROP FOREIGN KEY fk_ai_responses_request_id');
    await query('ALTER TABLE ai_responses ENGINE=MyISAM');
    await query('ALTER TABLE ai_requests ENGINE=MyISAM');
    await query(`ALTER TABLE ai_request_log ENGINE=${isMysql ? 'MyISAM' : 'Aria'}`);
    await insertAwkwardRows(database);
    await runMigrate();
    await expectPresentSchema();
  });

  it('when the session that loads the file has explicit_defaults_for_timestamp=OFF and another sql_mode', async () => {
    const before = "SET explicit_defaults_for_timestamp = OFF; SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT';";
    await database.runClient(`${before}\n${readFileSync(TABLES_FILE, 'utf8')}`);
    await expectPresentSchema();
  });
});

it('every TIMESTAMP has the NULL, DEFAULT and ON UPDATE that the file gives it, and no other', async () => {
  await database.runClient(
    `SET explicit_defaults_for_timestamp = OFF;\n${readFileSync(TABLES_FILE, 'utf8')}`,
  );
  const columns = await query(
    // What MySQL writes otherwise: no default as no value, one that is computed with a mark.
    `SELECT CONCAT_WS('.', TABLE_NAME, COLUMN_NAME) AS name, IS_NULLABLE AS nullable,
            COALESCE(LOWER(COLUMN_DEFAULT), 'null') AS value,
            COLUMN_TYPE AS type, REPLACE(EXTRA, 'DEFAULT_GENERATED', '') AS extra
       FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = DATABASE() AND DATA_TYPE IN ('timestamp', 'datetime')
      ORDER BY BINARY TABLE_NAME, ORDINAL_POSITION`,
  );
  const now = { nullable: 'NO', value: 'current_timestamp(3)', type: 'timestamp(3)', extra: '' };
  const none = { nullable: 'YES', value: 'null', type: 'timestamp(3)', extra: '' };
  expect(columns).toEqual([
    { name: 'ai_npc_memory.updated_at', ...now },
    { name: 'ai_request_log.created_at', ...now },
    { name: 'ai_requests.created_at', ...now },
    { name: 'ai_requests.processed_at', ...none },
    {
      name: 'ai_requests.expires_at',
      ...now,
      value: expect.stringMatching(
        /^\(?from_unixtime\(\(?unix_timestamp\((?:current_timestamp|now)\(3\)\) \+ 30\)/,
      ),
    },
    { name: 'ai_requests.available_at', ...now },
    { name: 'ai_requests.claimed_at', ...none },
    { name: 'ai_responses.created_at', ...now },
    { name: 'ai_workers.started_at', ...now },
    { name: 'ai_workers.heartbeat_at', ...now },
  ]);
});

it('a second migrate changes nothing', async () => {
  await loadDocumentSchema(database);
  await insertAwkwardRows(database);
  await runMigrate();
  const rows = await allRows();
  expect(await runMigrate()).toMatchObject({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
  expect(await allRows()).toEqual(rows);
  await expectPresentSchema();
});

it('columns and indexes that an admin added survive, with what is in them', async () => {
  await loadDocumentSchema(database);
  await query(
    "ALTER TABLE ai_requests ADD COLUMN shard VARCHAR(20) CHARACTER SET latin1 DEFAULT 'south', ADD INDEX my_shard (shard)",
  );
  await query(
    'ALTER TABLE ai_responses ADD COLUMN is_good BOOLEAN DEFAULT NULL, ADD INDEX my_good (is_good)',
  );
  await query(
    "INSERT INTO ai_requests (endpoint, status, expires_at, shard) VALUES ('/a', 'completed', NOW(), 'north')",
  );
  await query("INSERT INTO ai_responses (request_id, response_data, is_good) VALUES (1, '{}', TRUE)");
  await runMigrate();
  await checkSchema(query);
  expect(await query('SELECT shard FROM ai_requests FORCE INDEX (my_shard)')).toEqual([{ shard: 'north' }]);
  expect(await query('SELECT is_good FROM ai_responses FORCE INDEX (my_good)')).toEqual([{ is_good: 1 }]);
  expect(await query("INSERT INTO ai_requests (endpoint) VALUES ('/b')")).toMatchObject({ affectedRows: 1 });
});

it("an admin's own event schedule is kept", async () => {
  await loadDocumentSchema(database);
  await query(
    'CREATE EVENT evt_ai_cleanup_old_requests ON SCHEDULE EVERY 6 HOUR DISABLE DO CALL sp_ai_cleanup_old_requests(3)',
  );
  await runMigrate();
  const [event] = await query('SHOW CREATE EVENT evt_ai_cleanup_old_requests');
  expect(event!['Create Event']).toMatch(/EVERY 6 HOUR .* DISABLE DO CALL sp_ai_cleanup_old_requests\(3\)/);
});

describe('the version', () => {
  it('is not written when the file is loaded over the document’s tables, and migrate then upgrades them', async () => {
    await loadDocumentSchema(database);
    await insertAwkwardRows(database);
    await database.loadSqlFile(TABLES_FILE);
    expect(await query("SELECT * FROM ai_ipc_meta WHERE name = 'schema_version'")).toEqual([]);
    await expect(checkSchema(query)).rejects.toMatchObject({ code: 'schema_old' });
    await expect(query('CALL sp_ai_cleanup_old_requests(7)')).rejects.toThrow(/ai-ipc migrate/);
    expect(await runMigrate()).toMatchObject({ from: 1 });
    await expectPresentSchema();
  });

  it.each([...REQUIRED_COLUMNS.filter((column) => !/ai_ipc_meta|enum|\bid bigint/.test(column))])(
    'is not written without %s',
    async (column) => {
      await database.loadSqlFile(TABLES_FILE);
      const [table, name] = column.split(' ');
      await query('SET foreign_key_checks = 0');
      await query('ALTER TABLE ai_responses DROP FOREIGN KEY fk_ai_responses_request_id');
      if (table === 'ai_workers' || table === 'ai_npc_words')
        await query(`ALTER TABLE ${table} DROP PRIMARY KEY`);
      await query(`ALTER TABLE ${table} CHANGE COLUMN ${name} other_name INT DEFAULT NULL`);
      await query("DELETE FROM ai_ipc_meta WHERE name = 'schema_version'");
      await database.loadSqlFile(TABLES_FILE);
      expect(await query("SELECT * FROM ai_ipc_meta WHERE name = 'schema_version'")).toEqual([]);
      expect(await readSchema(query)).toMatchObject({
        version: 1,
        missing: expect.arrayContaining([column]),
      });
    },
  );

  it('counts only with its columns: older tables restored from a backup are upgraded', async () => {
    await runMigrate();
    for (const table of ['ai_responses', 'ai_requests', 'ai_request_log']) await query(`DROP TABLE ${table}`);
    await loadDocumentSchema(database);
    await insertAwkwardRows(database);
    await expect(checkSchema(query)).rejects.toMatchObject({ code: 'schema_old' });
    expect(await runMigrate()).toMatchObject({ from: 1 });
    await expectPresentSchema();
  });

  it('is not written where the load stops at the procedure', async () => {
    const file = readFileSync(TABLES_FILE, 'utf8');
    const broken = file.replace('MODIFIES SQL DATA', 'MODIFIES NOTHING');
    await expect(database.runClient(broken)).rejects.toThrow(/1064/);
    expect(await query("SELECT * FROM ai_ipc_meta WHERE name = 'schema_version'")).toEqual([]);
    await expect(checkSchema(query)).rejects.toMatchObject({ code: 'schema_old' });
    await runMigrate();
    await expectPresentSchema();
  });

  it('is looked for in the file as in the code', () => {
    const file = readFileSync(TABLES_FILE, 'utf8');
    for (const column of REQUIRED_COLUMNS) expect(file).toContain(`'${column}'`);
    expect(file).toContain(`WHERE ${REQUIRED_COLUMNS.length} = (`);
    expect(file).toContain(`SELECT 'schema_version', '${SCHEMA_VERSION}'`);
  });

  it('is the number of the last upgrade', () => {
    const upgrades = readdirSync(new URL('../../sql-files/upgrades/', import.meta.url)).sort();
    expect(upgrades.at(-1)).toMatch(new RegExp(`^${String(SCHEMA_VERSION).padStart(4, '0')}_`));
  });

  it('of a later ai-ipc is refused, and nothing is touched', async () => {
    await runMigrate();
    await query("UPDATE ai_ipc_meta SET value = '99' WHERE name = 'schema_version'");
    await query('DROP EVENT evt_ai_cleanup_old_requests');
    await expect(runMigrate()).rejects.toMatchObject({
      code: 'schema_new',
      message: expect.stringContaining('Update ai-ipc'),
    });
    await expect(checkSchema(query)).rejects.toMatchObject({ code: 'schema_new' });
    expect(await query("SHOW EVENTS WHERE Name = 'evt_ai_cleanup_old_requests' AND Db = DATABASE()")).toEqual(
      [],
    );
    await database.loadSqlFile(TABLES_FILE);
    expect(await query("SELECT value FROM ai_ipc_meta WHERE name = 'schema_version'")).toEqual([
      { value: '99' },
    ]);
  });
});

describe('checkSchema', () => {
  it('says schema_missing for an empty database', async () => {
    await expect(checkSchema(query)).rejects.toMatchObject({
      code: 'schema_missing',
      message: expect.stringContaining('Run `ai-ipc migrate`'),
    });
  });

  it('says schema_old for the tables of the document', async () => {
    await loadDocumentSchema(database);
    await expect(checkSchema(query)).rejects.toMatchObject({
      code: 'schema_old',
      message: expect.stringMatching(/version 1 .*ai_requests attempts.* Run `ai-ipc migrate`/),
    });
  });

  it('says database_unsupported for a table that is not InnoDB', async () => {
    await runMigrate();
    await query('ALTER TABLE ai_request_log ENGINE=MyISAM');
    await expect(checkSchema(query)).rejects.toMatchObject({
      code: 'database_unsupported',
      message: expect.stringContaining('ai_request_log (MyISAM)'),
    });
  });
});

async function allRows(): Promise<unknown[]> {
  const tables = ['ai_requests', 'ai_responses', 'ai_request_log', 'ai_ipc_meta'];
  return await Promise.all(tables.map((table) => query(`SELECT * FROM ${table} ORDER BY 1`)));
}
