import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { startAiStub } from '../support/ai-stub.ts';
import { newFolder, querySqlite, runCli, useCli } from '../support/cli-process.ts';
import { dumpSchema, migrateSettings, TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { WorkerProcess } from '../support/worker-process.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await database.loadSqlFile(TABLES_FILE);
});
afterEach(() => database.drop());
useCli();

async function runMigrate(): Promise<{ hasRestored: boolean; steps: string[] }> {
  const steps: string[] = [];
  const { hasRestored } = await migrate({
    settings: migrateSettings(database),
    confirm: async () => false,
    onStep: (text) => steps.push(text),
  });
  return { hasRestored, steps };
}

/** An index that was made again is the last of its table. */
async function dumpSorted(): Promise<Record<string, string[]>> {
  const dump = await dumpSchema(database);
  const sorted = (text: string) =>
    text
      .split('\n')
      .map((line) => line.replace(/,$/, ''))
      .sort();
  return Object.fromEntries(Object.entries(dump).map(([name, text]) => [name, sorted(text)]));
}

/** In this order: a foreign key wants an index. */
const DAMAGES = [
  ['the foreign key', 'ALTER TABLE ai_responses DROP FOREIGN KEY fk_ai_responses_request_id', /no fk_ai_/],
  ['an index of a claim', 'DROP INDEX idx_status_priority ON ai_requests', /no idx_status_priority/],
  ['an index of a sweep', 'DROP INDEX idx_expires_at ON ai_requests', /no idx_expires_at/],
  ['indexes of the log', 'DROP INDEX idx_request_id ON ai_request_log', /log has no idx_request_id/],
  ['another one', 'DROP INDEX idx_event_type ON ai_request_log', /no idx_event_type/],
  ['the key of the workers', 'ALTER TABLE ai_workers DROP PRIMARY KEY', /workers has no PRIMARY \(id\)/],
  ['a unique key', 'DROP INDEX idx_turn_key ON ai_npc_memory', /no idx_turn_key/],
  ['what the service reads by', 'DROP INDEX idx_memory_owner ON ai_npc_memory', /no idx_memory_owner/],
  ['what it deletes by', 'DROP INDEX idx_memory_age ON ai_npc_memory', /no idx_memory_age/],
  ['the budget', 'DROP INDEX idx_budget_day ON ai_npc_budget', /no idx_budget_day/],
] as const;

it('every index and constraint, the procedure and the event are made again, and a second run finds nothing', async () => {
  const whole = await dumpSorted();
  for (const [, sql] of DAMAGES) await database.query(sql);
  await database.query('DROP EVENT evt_ai_cleanup_old_requests');
  await database.query('DROP PROCEDURE sp_ai_cleanup_old_requests');

  const { hasRestored, steps } = await runMigrate();

  expect(hasRestored).toBe(true);
  for (const [, , told] of DAMAGES) expect(steps.join('\n')).toMatch(told);
  expect(await dumpSorted()).toEqual(whole);
  expect(await runMigrate()).toMatchObject({ hasRestored: false });
});

it('an index of the right name over other columns, and a constraint that does not cascade, are made anew', async () => {
  const whole = await dumpSorted();
  await database.query(
    'ALTER TABLE ai_requests DROP KEY idx_expires_at, ADD KEY idx_expires_at (expires_at)',
  );
  await database.query('ALTER TABLE ai_responses DROP FOREIGN KEY fk_ai_responses_request_id');
  await database.query(
    'ALTER TABLE ai_responses ADD CONSTRAINT fk_ai_responses_request_id FOREIGN KEY (request_id) REFERENCES ai_requests (id)',
  );

  await runMigrate();

  expect(await dumpSorted()).toEqual(whole);
});

it('responses of requests that are gone do not stop the constraint', async () => {
  await database.query('ALTER TABLE ai_responses DROP FOREIGN KEY fk_ai_responses_request_id');
  await database.query("INSERT INTO ai_responses (request_id, response_data) VALUES (77, '{}')");

  expect(await runMigrate()).toMatchObject({ hasRestored: true });
  expect(await database.query('SELECT id FROM ai_responses')).toEqual([]);
});

it('a worker that misses an index names migrate in its log', async () => {
  const stub = await startAiStub();
  const worker = new WorkerProcess(database.settings, { AI_SERVICE_BASE_URL: stub.url });
  try {
    await database.query('DROP INDEX idx_status_priority ON ai_requests');
    const told = await worker.waitForLog('Database trouble, trying again', 30_000);
    expect(told['error']).toMatch(/idx_status_priority.*`ai-ipc migrate`/);
  } finally {
    await worker.kill();
    await stub.close();
  }
});

it('an embedded database gets its index back', async () => {
  const file = join(newFolder(), 'queue.sqlite');
  const where = ['--database', `sqlite:${file}`];
  await runCli(['request', 'dialogue', '/waits', '{}', ...where]);
  querySqlite(file, 'DROP INDEX idx_expires_at');

  const first = await runCli(['migrate', ...where]);
  const second = await runCli(['migrate', ...where]);

  expect(first.stdout).toMatch(
    /no index idx_expires_at: making it again\.\nWhat was missing is there again\./,
  );
  expect(second.stdout).toMatch(/nothing to do/);
  expect(querySqlite(file, "SELECT name FROM sqlite_master WHERE name = 'idx_expires_at'")).toHaveLength(1);
});
