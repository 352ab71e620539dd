import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AiIpcError, exitCodeOf } from '../../src/base/errors.ts';
import { WORKER } from '../../src/config/schema.ts';
import { findProgram } from '../support/apt.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { type CliProcess, ROOT, startProgram, useCli } from './support/cli-process.ts';

const UNIT = join(ROOT, 'deploy/ai-ipc-worker.service');
const unit = readFileSync(UNIT, 'utf8');
/** The worker's own last bound: so long the outcomes of its last calls may take to be written. */
const LAST_SETTLE_SECONDS = 15;
/** systemd's scale goes from 0 (safest) to 100; a unit without any limits has 96. */
const MOST_EXPOSURE = 20;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.loadSqlFile(join(ROOT, 'sql-files/ai_ipc_tables.sql'));
}, 120_000);
afterAll(() => database.drop());
useCli();

/** The value of a key, which stands once in the unit. */
function valueIn(key: string): string {
  const values = [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);
  expect(values, key).toHaveLength(1);
  return values[0]!;
}

/** As root on Debian or Ubuntu, systemd is installed where it is missing; nothing of it is started. */
function systemdAnalyze(...args: string[]) {
  const program = findProgram('systemd-analyze') ?? installSystemd();
  return spawnSync(program, args, { encoding: 'utf8' });
}

function installSystemd(): string {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, encoding: 'utf8' } as const;
  const lock = 'DPkg::Lock::Timeout=300';
  spawnSync('apt-get', ['-q', '-o', lock, 'update'], options);
  const packages = ['install', '-y', '--no-install-recommends', 'systemd'];
  const { status, stderr } = spawnSync('apt-get', ['-q', '-o', lock, ...packages], options);
  expect(status, `systemd-analyze is missing. Install it: sudo apt-get install systemd\n${stderr}`).toBe(0);
  return '/usr/bin/systemd-analyze';
}

/** What ExecStart runs, with the variables that EnvironmentFile would give it. */
function startUnit(variables: Readonly<Record<string, string>>): CliProcess {
  const [program = '', ...args] = valueIn('ExecStart').replace('/opt/ai-ipc', ROOT).split(' ');
  return startProgram(program, args, { env: variables });
}

function variablesOf({ settings }: TestDatabase): Record<string, string> {
  return {
    DB_HOST: settings.host,
    DB_PORT: String(settings.port),
    DB_USER: settings.user,
    DB_PASSWORD: settings.password,
    DB_NAME: settings.database,
  };
}

test('systemd-analyze verify has nothing to say', () => {
  expect(systemdAnalyze('verify', UNIT)).toMatchObject({ status: 0, stdout: '', stderr: '' });
}, 300_000);

test('systemd-analyze security finds it little exposed', () => {
  const { status, stdout } = systemdAnalyze(
    'security',
    '--offline=true',
    `--threshold=${MOST_EXPOSURE}`,
    UNIT,
  );
  expect(status, stdout).toBe(0);
});

test('Node may compile while it runs', () => {
  expect(unit).not.toMatch(/^MemoryDenyWriteExecute=/m);
});

test('what it starts serves MariaDB, and ends with 0 at SIGTERM', async () => {
  const worker = startUnit(variablesOf(database));
  await worker.waitForOutput(/Worker started/);

  expect(worker.stdout).toContain(`/${database.settings.database}`);
  expect(await worker.stop('SIGTERM')).toMatchObject({ exitCode: 0 });
});

test('is not started again when an admin must act: that is the exit code of wrong settings', async () => {
  const { exitCode, stderr } = await startUnit({ DB_USER: 'ragnarok' }).ended;

  expect(exitCode, stderr).toBe(Number(valueIn('RestartPreventExitStatus')));
  expect(exitCode).toBe(exitCodeOf(new AiIpcError('bad_settings', '')));
  expect(stderr).toContain('DB_PASSWORD');
});

test('has time to end its calls and to write their outcomes', () => {
  const needed = WORKER.aiServiceTimeoutSeconds.fallback + LAST_SETTLE_SECONDS;
  expect(Number(valueIn('TimeoutStopSec'))).toBeGreaterThanOrEqual(needed + 10);
});

test('every file and user that it names is made by the README', () => {
  const page = readFileSync(join(ROOT, 'README.md'), 'utf8');
  expect(page).toContain(`sudo install -m 600 .env ${valueIn('EnvironmentFile')}\n`);
  expect(page).toContain(`sudo install -d ${valueIn('WorkingDirectory')}\n`);
  expect(page).toMatch(new RegExp(`^sudo useradd --system .*${valueIn('User')}$`, 'm'));
});
