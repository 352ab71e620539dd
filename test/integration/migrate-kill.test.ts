import { expect, inject, it } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { insertAwkwardRows } from '../support/document-rows.ts';
import { dumpSchema, loadDocumentSchema, migrateSettings } from '../support/schema-dump.ts';
import { StatementProxy } from '../support/statement-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

/** Of those of a migrate that change something. */
const LEAST_CHANGES = 20;
/** Whoever is killed behind one of these leaves what he would have left before it. */
const CHANGES_NOTHING = /^\s*(?:SELECT|SHOW|SET|BEGIN|START TRANSACTION|PREPARE|DEALLOCATE)\b/i;

it('a migrate that is killed after any of its statements is finished by the next one, and no row is lost or doubled', async () => {
  const whole = await migratedState(Number.POSITIVE_INFINITY);
  const changes = [...whole.statements.keys()].filter((at) => !CHANGES_NOTHING.test(whole.statements[at]!));
  expect(changes.length).toBeGreaterThan(LEAST_CHANGES);
  for (const at of changes) {
    const { isCut, result } = await migratedState(at + 1);
    expect({ isCut, result }, `cut after ${whole.statements[at]}`).toEqual({
      isCut: true,
      result: whole.result,
    });
  }
});

interface Migrated {
  readonly isCut: boolean;
  /** Those of the first of the two migrates. */
  readonly statements: readonly string[];
  readonly result: unknown;
}

/** A migrate through a proxy that cuts it off, and then another one; what is in the database in the end. */
async function migratedState(cutAfter: number): Promise<Migrated> {
  const database = await createTestDatabase();
  const statements: string[] = [];
  const proxy = new StatementProxy({
    target: inject('mariadb'),
    cutAfter,
    before: async (sql) => void statements.push(sql),
  });
  const port = await proxy.listen();
  try {
    await loadDocumentSchema(database);
    await insertAwkwardRows(database);
    const first = await runMigrate(database, port).catch((error: unknown) => error);
    const { isCut } = proxy;
    if (isCut) expect(first).toMatchObject({ code: 'database_unavailable' });
    else expect(first).toBeUndefined();
    await runMigrate(database, database.settings.port);
    const result = { schema: await dumpSchema(database), rows: await rowsOf(database) };
    return { isCut, statements, result };
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
