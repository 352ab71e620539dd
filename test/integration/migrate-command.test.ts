import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mariadbEnv, mariadbOption, newFolder, runCli, useCli } from '../support/cli-process.ts';
import { numbers } from '../support/numbers.ts';
import type { ProgramResult } from '../support/program-process.ts';
import { loadDocumentSchema } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());
useCli();

async function migrate(...args: string[]): Promise<ProgramResult> {
  return await runCli(['migrate', ...args], { env: { NO_COLOR: '1', ...mariadbEnv(database) } });
}

it('names the database in its first line, says what it does and then that it is done', async () => {
  const { exitCode, stdout, stderr } = await migrate(...mariadbOption(database));
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  const { host, port, user, database: name } = database.settings;
  const lines = stdout.trim().split('\n');
  expect(lines[0]).toBe(`Database: MariaDB ${user}@${host}:${port}/${name}`);
  expect(lines).toContain('There are no AI IPC tables: making them.');
  expect(lines.at(-1)).toMatch(/^Done\./);
  expect((await migrate(...mariadbOption(database))).stdout).toMatch(/Nothing to upgrade\.\n$/);
});

it('without a terminal, more than 100,000 rows need --yes', async () => {
  await loadDocumentSchema(database);
  await database.query(
    `INSERT INTO ai_request_log (request_id, event_type) SELECT seq, 'completed' FROM ${numbers(100_001)}`,
  );
  const refused = await migrate(...mariadbOption(database));
  expect(refused).toMatchObject({
    exitCode: 78,
    stderr: expect.stringMatching(/^ERROR migrate_needs_yes: .*100001 rows.*--yes/),
  });
  expect(await migrate(...mariadbOption(database), '--yes')).toMatchObject({ exitCode: 0, stderr: '' });
});

it('has nothing to do for the embedded database, and says why', async () => {
  const { exitCode, stdout } = await migrate('--database', `sqlite:${join(newFolder(), 'queue.db')}`);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Database: SQLite .*queue\.db\n.*whenever it is opened/);
});
