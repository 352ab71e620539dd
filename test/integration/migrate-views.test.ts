import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { openStore } from '../../src/store/open-store.ts';
import { newFolder, useCli } from '../support/cli-process.ts';
import { migrateSettings, VIEWS_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { filledIn, database as ofGrants, settingsOf, useGrants, userName } from './support/grants.ts';

const VIEWS = ['ai_v_by_npc', 'ai_v_last_hour', 'ai_v_queue', 'ai_v_stuck'];

describe('on MariaDB', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  async function runMigrate(): Promise<string[]> {
    const steps: string[] = [];
    const settings = migrateSettings(database);
    await migrate({ settings, confirm: async () => true, onStep: (text) => steps.push(text) });
    return steps;
  }
  const names = async () =>
    (
      await database.query(
        'SELECT TABLE_NAME AS name FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1',
      )
    ).map((row) => row['name']);

  it('migrate makes the views, and again the one that was dropped or changed', async () => {
    expect((await runMigrate()).filter((step) => step.startsWith('The view'))).toHaveLength(4);
    expect(await names()).toEqual(VIEWS);
    await database.query('DROP VIEW ai_v_stuck');
    await database.query('CREATE OR REPLACE VIEW ai_v_queue AS SELECT 1 AS mine');
    expect((await runMigrate()).filter((step) => step.startsWith('The view'))).toEqual([
      'The view ai_v_stuck is there now.',
    ]);
    expect(await names()).toEqual(VIEWS);
    expect(await database.query('SELECT status, requests FROM ai_v_queue')).toEqual([]);
  });

  it('the plain client makes them from the file, as often as it likes', async () => {
    await runMigrate();
    await database.query('DROP VIEW ai_v_last_hour');
    await database.loadSqlFile(VIEWS_FILE);
    await database.loadSqlFile(VIEWS_FILE);
    expect(await names()).toEqual(VIEWS);
  });
});

describe('with the rights of deploy/grants.sql', () => {
  useGrants();

  it('a user without the right CREATE VIEW migrates all the same, and is told', async () => {
    const [own] = filledIn().split('-- For `ai-ipc worker`');
    await ofGrants.runClient(own!);
    const name = ofGrants.settings.database;
    await ofGrants.query(
      `REVOKE CREATE VIEW ON \`${name}\`.ai_v_queue FROM ${userName('migrate')}@localhost`,
    );
    const steps: string[] = [];
    await migrate({
      settings: settingsOf('migrate'),
      confirm: async () => true,
      onStep: (text) => steps.push(text),
    });
    expect(steps.join('\n')).toMatch(/view ai_v_queue was not made \(.*Going on without it: .*CREATE VIEW/);
    expect(steps).toContain('The view ai_v_stuck is there now.');
    expect(steps.at(-1)).toMatch(/^The tables are of version \d+\.$/);
  });
});

describe('on SQLite', () => {
  useCli();

  it('opening the file makes the view again that was dropped or changed', async () => {
    const file = join(newFolder(), 'queue.sqlite');
    const open = async () => (await openStore({ kind: 'sqlite', file })).close();
    const inFile = <T>(work: (database: InstanceType<typeof DatabaseSync>) => T): T => {
      const database = new DatabaseSync(file);
      try {
        return work(database);
      } finally {
        database.close();
      }
    };
    const views = () =>
      inFile((database) =>
        database.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY name").all(),
      );
    await open();
    const before = views() as { name: string; sql: string }[];
    expect(before.map(({ name }) => name)).toEqual(VIEWS);
    const script = readFileSync(VIEWS_FILE.replace('.sql', '.sqlite.sql'), 'utf8');
    for (const { sql } of before) expect(script).toContain(sql);
    inFile((database) =>
      database.exec('DROP VIEW ai_v_stuck; DROP VIEW ai_v_queue; CREATE VIEW ai_v_queue AS SELECT 1 AS mine'),
    );
    await open();
    expect(views()).toEqual(before);
  });
});
