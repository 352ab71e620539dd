import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadDocumentSchema } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const MIGRATE = new URL('../../src/cli/migrate.ts', import.meta.url).href;
const TSX = import.meta.resolve('tsx');
/** The command in a process of its own; the way an error ends a process is main's. */
const RUN = `
  const { migrateCommand } = await import(${JSON.stringify(MIGRATE)});
  try {
    await migrateCommand().parseAsync(process.argv.slice(1), { from: 'user' });
  } catch (error) {
    console.error(error.code, error.message);
    process.exitCode = 1;
  }`;

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'ai-ipc-migrate-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

async function aiIpcMigrate(
  ...args: string[]
): Promise<{ exitCode: unknown; stdout: string; stderr: string }> {
  const child = spawn(
    process.execPath,
    ['--import', TSX, '--input-type=module', '--eval', RUN, '--', ...args],
    {
      cwd: folder,
      env: { PATH: process.env['PATH'], NO_COLOR: '1', DB_PASSWORD: database.settings.password },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { exitCode, stdout, stderr };
}

function address(): string {
  const { host, port, user, database: name } = database.settings;
  return `mariadb://${user}@${host}:${port}/${name}`;
}

test('names the database in its first line, says what it does and then that it is done', async () => {
  const { exitCode, stdout, stderr } = await aiIpcMigrate('--database', address());
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  const { host, port, user, database: name } = database.settings;
  const lines = stdout.trim().split('\n');
  expect(lines[0]).toBe(`Database: MariaDB ${user}@${host}:${port}/${name}`);
  expect(lines).toContain('There are no AI IPC tables: making them.');
  expect(lines.at(-1)).toMatch(/^Done\./);
  expect((await aiIpcMigrate('--database', address())).stdout).toMatch(/Nothing to upgrade\.\n$/);
});

test('without a terminal, more than 100,000 rows need --yes', async () => {
  await loadDocumentSchema(database);
  await database.query(
    "INSERT INTO ai_request_log (request_id, event_type) SELECT seq, 'completed' FROM seq_1_to_100001",
  );
  const refused = await aiIpcMigrate('--database', address());
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^migrate_needs_yes .*100001 rows.*--yes/),
  });
  expect(await aiIpcMigrate('--database', address(), '--yes')).toMatchObject({ exitCode: 0, stderr: '' });
});

test('has nothing to do for the embedded database, and says why', async () => {
  const { exitCode, stdout } = await aiIpcMigrate('--database', `sqlite:${join(folder, 'queue.db')}`);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Database: SQLite .*queue\.db\n.*whenever it is opened/);
});
