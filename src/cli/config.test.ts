import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newFolder, runCli, useCli } from '../../test/support/cli-process.ts';

useCli();

async function check(options: { args?: string[]; env?: Record<string, string>; yaml?: string }) {
  const cwd = newFolder();
  writeFileSync(join(cwd, 'other.yaml'), options.yaml ?? '');
  const env = { FORCE_COLOR: '1', ...options.env };
  return { cwd, ...(await runCli(['config', 'check', ...(options.args ?? [])], { cwd, env })) };
}

it('good settings are shown with the database first, without colours and without the password', async () => {
  const { exitCode, stdout, stderr } = await check({
    args: ['--config', 'other.yaml', '--database', 'mariadb://me@127.0.0.1:3307/game'],
    env: { DB_PASSWORD: 'hunter2' },
    yaml: 'ipc_worker:\n  batch_size: 5\n',
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
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

it('without anything set, the first line names the embedded database', async () => {
  const { exitCode, stdout, cwd } = await check({});
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')[0]).toBe(
    `Database: SQLite ${join(cwd, 'ai_ipc.sqlite')} (the default: nothing names MariaDB)`,
  );
});

it('bad settings end with exit code 78 and nothing on stdout', async () => {
  const { exitCode, stdout, stderr } = await check({ env: { BATCH_SIZE: '10s' } });
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 78,
    stdout: '',
    stderr: 'ERROR bad_settings: environment: BATCH_SIZE is "10s". Allowed: a whole number from 1 to 1000.\n',
  });
});
