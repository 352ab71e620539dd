import { expect, inject, it } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { insertAwkwardRows } from '../support/document-rows.ts';
import { dumpSchema, loadDocumentSchema, migrateSettings } from '../support/schema-dump.ts';
import { StatementProxy } from '../support/statement-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

/** More than a migrate has: the loop ends at the first number that cuts nothing. */
const MOST_STATEMENTS = 200;
const LEAST_STATEMENTS = 40;

it('a migrate that is killed after any of its statements is finished by the next one, and no row is lost or doubled', {
  timeout: 300_000,
}, async () => {
  const whole = await migratedState(Number.POSITIVE_INFINITY);
  let cuts = 0;
  for (let cutAfter = 1; cutAfter <= MOST_STATEMENTS; cutAfter++) {
    const state = await migratedState(cutAfter);
    expect(state.result, `cut after statement ${cutAfter}`).toEqual(whole.result);
    if (!state.isCut) break;
    cuts++;
  }
  expect(cuts).toBeGreaterThan(LEAST_STATEMENTS);
  expect(cuts).toBeLessThan(MOST_STATEMENTS);
});

/** A migrate through a proxy that cuts it off, and then another one; what is in the database in the end. */
async function migratedState(cutAfter: number): Promise<{ isCut: boolean; result: unknown }> {
  const database = await createTestDatabase();
  const proxy = new StatementProxy({ target: inject('mariadb'), cutAfter });
  const port = await proxy.listen();
  try {
    await loadDocumentSchema(database);
    await insertAwkwardRows(database);
    const first = await runMigrate(database, port).catch((error: unknown) => error);
    const { isCut } = proxy;
    if (isCut) expect(first).toMatchObject({ code: 'database_unavailable' });
    else expect(first).toBeUndefined();
    await runMigrate(database, database.settings.port);
    return { isCut, result: { schema: await dumpSchema(database), rows: await rowsOf(database) } };
  } finally {
    await proxy.close();
    await database.drop();
  }
}

async function runMigrate(database: TestDatabase, port: number): Promise<void> {
  await migrate({
    settings: { ...migrateSettings(database), port },
    confirm: async () => false,
    onStep: () => undefined,
  });
}

/** Everything but the moments at which it was done, and ids that a transaction rolled back has used up. */
async function rowsOf(database: TestDatabase): Promise<unknown[]> {
  return await Promise.all([
    database.query(
      `SELECT id, endpoint, request_data, priority, status, error_code, attempts, claim_no, source_npc,
              processed_at IS NULL AS is_open
         FROM ai_requests ORDER BY id`,
    ),
    database.query(
      'SELECT request_id, response_data, error_message, processing_time_ms FROM ai_responses ORDER BY request_id',
    ),
    database.query(
      `SELECT request_id, event_type, REGEXP_REPLACE(event_data, '"created_at_unix": [0-9.]+', '') AS event_data
         FROM ai_request_log ORDER BY request_id, event_type, event_data`,
    ),
    database.query("SELECT name, IF(name = 'queue_id', '', value) AS value FROM ai_ipc_meta ORDER BY name"),
  ]);
}
