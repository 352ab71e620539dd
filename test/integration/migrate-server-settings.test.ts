import { afterEach, expect, it } from 'vitest';
import { checkSchema } from '../../src/database/check-schema.ts';
import { migrate } from '../../src/database/migrate.ts';
import { MariadbServer, type MariadbServerOptions } from '../support/mariadb-server.ts';
import { migrateSettings, TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let server: MariadbServer;
let steps: string[];
afterEach(() => server.remove());

async function databaseOn(options: MariadbServerOptions): Promise<TestDatabase> {
  server = new MariadbServer(options);
  return await createTestDatabase(await server.start());
}

function runMigrate(database: TestDatabase): Promise<unknown> {
  steps = [];
  const settings = migrateSettings(database);
  return migrate({ settings, confirm: async () => false, onStep: (text) => steps.push(text) });
}

it('larger pages are as good', async () => {
  const database = await databaseOn({
    initArgs: ['--innodb-page-size=32k', '--innodb-buffer-pool-size=64M'],
  });
  await runMigrate(database);
  await checkSchema((sql) => database.query(sql), 'all');
});

it('with the event scheduler switched off for good all is there but the event', async () => {
  const database = await databaseOn({ extraArgs: ['--event-scheduler=DISABLED'] });
  await runMigrate(database);
  await checkSchema((sql) => database.query(sql), 'all');
  expect(await database.query('CALL sp_ai_cleanup_old_requests(7)')).toMatchObject([[{ deleted: 0 }], {}]);
});

it('the file by itself makes all but the event there, too', async () => {
  const database = await databaseOn({ extraArgs: ['--event-scheduler=DISABLED'] });
  // MariaDB refuses the event, MySQL makes it.
  await database.loadSqlFile(TABLES_FILE).catch((error: unknown) => expect(String(error)).toContain('1577'));
  await checkSchema((sql) => database.query(sql), 'all');
  expect(await database.query('CALL sp_ai_cleanup_old_requests(7)')).toMatchObject([[{ deleted: 0 }], {}]);
});
