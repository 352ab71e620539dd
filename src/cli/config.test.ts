import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const folders: string[] = [];
const TSX = import.meta.resolve('tsx');
const MODULES = {
  config: pathToFileURL(join(import.meta.dirname, 'config.ts')).href,
  errors: pathToFileURL(join(import.meta.dirname, '../base/errors.ts')).href,
};
/** The command in a process of its own, with the same end as the main program gives it. */
const PROGRAM = `
  import { configCommand } from '${MODULES.config}';
  import { exitCodeOf } from '${MODULES.errors}';
  try {
    await configCommand().parseAsync(process.argv.slice(1), { from: 'user' });
  } catch (error) {
    console.error('ERROR ' + error.message);
    process.exitCode = exitCodeOf(error);
  }`;

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function check(options: { args?: string[]; env?: Record<string, string>; yaml?: string }) {
  const cwd = mkdtempSync(join(tmpdir(), 'ai-ipc-config-'));
  folders.push(cwd);
  writeFileSync(join(cwd, 'other.yaml'), options.yaml ?? '');
  const args = ['--import', TSX, '--input-type=module', '--eval', PROGRAM, 'check', ...(options.args ?? [])];
  const env = { PATH: process.env['PATH'] ?? '', FORCE_COLOR: '1', ...options.env };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
  return { status, stdout, stderr, cwd };
}

test('good settings are shown with the database first, without colours and without the password', () => {
  const { status, stdout, stderr } = check({
    args: ['--config', 'other.yaml', '--database', 'mariadb://me@127.0.0.1:3307/game'],
    env: { DB_PASSWORD: 'hunter2' },
    yaml: 'ipc_worker:\n  batch_size: 5\n',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const lines = stdout.split('\n');
  expect(lines[0]).toBe('Database: MariaDB me@127.0.0.1:3307/game (chosen by --database)');
  expect(lines).toContainEqual(expect.stringMatching(/^setting +value +unit +source$/));
  expect(lines).toContainEqual(
    expect.stringMatching(/^ipc_worker\.batch_size +5 +requests +other\.yaml, line 2$/),
  );
  expect(lines).toContainEqual(expect.stringMatching(/^database\.mariadb\.password +\*\*\* +environment$/));
  expect(lines.slice(-3)).toEqual([
    'The settings are good.',
    'Nothing was connected to: `ai-ipc selftest` tries the database, the worker and the AI service.',
    '',
  ]);
  expect(stdout).not.toContain('\u001b');
  expect(stdout).not.toContain('hunter2');
});

test('without anything set, the first line names the embedded database', () => {
  const { status, stdout, cwd } = check({});
  expect(status).toBe(0);
  expect(stdout.split('\n')[0]).toBe(
    `Database: SQLite ${join(cwd, 'ai_ipc.sqlite')} (the default: nothing names MariaDB)`,
  );
});

test('bad settings end with exit code 78 and nothing on stdout', () => {
  const { status, stdout, stderr } = check({ env: { BATCH_SIZE: '10s' } });
  expect({ status, stdout, stderr }).toEqual({
    status: 78,
    stdout: '',
    stderr: 'ERROR environment: BATCH_SIZE is "10s". Allowed: a whole number from 1 to 1000.\n',
  });
});
