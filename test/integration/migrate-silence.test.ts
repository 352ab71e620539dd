import { expect, it } from 'vitest';
import { connectForMigrate } from '../../src/database/migrate-connection.ts';
import { migrateSettings } from '../support/schema-dump.ts';
import { createTestDatabase } from '../support/test-database.ts';

/** Above every limit on silence that the worker's connections have (9.5 and 10 s). */
const SILENT_SECONDS = 11;

it('an ALTER may take as long as it needs, and the turn is held meanwhile', async () => {
  const database = await createTestDatabase();
  const [worker, holder] = await Promise.all([
    connectForMigrate(migrateSettings(database), 2),
    connectForMigrate(migrateSettings(database), 2),
  ]);
  try {
    // What a large table's ALTER is for the connection: a statement of which nothing is heard for a long time.
    expect(await worker.connection.query(`SELECT SLEEP(${SILENT_SECONDS}) AS slept`)).toEqual([{ slept: 0 }]);
    expect(await holder.connection.query('SELECT 1 AS held')).toEqual([{ held: 1 }]);
  } finally {
    await Promise.all([worker.connection.end(), holder.connection.end()]);
    await database.drop();
  }
});
