import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AiIpcError, exitCodeOf } from '../../src/base/errors.ts';
import { WORKER } from '../../src/config/schema.ts';
import { findProgram } from '../support/apt.ts';
import { ROOT, serving, startProgram, urlOf, useCli } from '../support/cli-process.ts';
import { posting } from '../support/json-body.ts';
import type { ProgramProcess } from '../support/program-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { databaseEnv } from '../support/worker-process.ts';

const WORKER_UNIT = join(ROOT, 'deploy/ai-ipc-worker.service');
const SERVICE_UNIT = join(ROOT, 'deploy/ai-ipc-service.service');
const UNITS = [WORKER_UNIT, SERVICE_UNIT];
/** The worker's own last bound: so long the outcomes of its last calls may take to be written. */
const LAST_SETTLE_SECONDS = 15;
/** The service's: answers in the making, what NPCs remember of them, a query that hangs, the end of the connections. */
const LAST_ANSWER_SECONDS = 3 + 3 + 10 + 2;
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
function valueIn(unit: string, key: string): string {
  const text = readFileSync(unit, 'utf8');
  const values = [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);
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

/** What ExecStart runs, with the variables that EnvironmentFile would give it; the service takes any free port. */
function startUnit(unit: string, variables: Readonly<Record<string, string>>): ProgramProcess {
  const line = valueIn(unit, 'ExecStart').replace('/opt/ai-ipc', ROOT).replace('--port 8000', '--port 0');
  const [program = '', ...args] = line.split(' ');
  return startProgram(program, args, { env: variables });
}

describe.each(UNITS)('%s', (unit) => {
  it('systemd-analyze verify has nothing to say', () => {
    expect(systemdAnalyze('verify', unit)).toMatchObject({ status: 0, stdout: '', stderr: '' });
  }, 300_000);

  it('systemd-analyze security finds it little exposed', () => {
    const { status, stdout } = systemdAnalyze(
      'security',
      '--offline=true',
      `--threshold=${MOST_EXPOSURE}`,
      unit,
    );
    expect(status, stdout).toBe(0);
  });

  it('Node may compile while it runs', () => {
    expect(readFileSync(unit, 'utf8')).not.toMatch(/^MemoryDenyWriteExecute=/m);
  });

  it('is not started again when an admin must act: that is the exit code of wrong settings', async () => {
    const { exitCode, stderr } = await startUnit(unit, { DB_USER: 'ragnarok' }).ended;

    expect(exitCode, stderr).toBe(Number(valueIn(unit, 'RestartPreventExitStatus')));
    expect(exitCode).toBe(exitCodeOf(new AiIpcError('bad_settings', '')));
    expect(stderr).toMatch(/^ERROR bad_settings: .*DB_PASSWORD/);
  });

  it('every file and user that it names is made by the README, which installs and starts it', () => {
    const page = readFileSync(join(ROOT, 'README.md'), 'utf8');
    expect(page).toContain(`sudo install -m 600 .env ${valueIn(unit, 'EnvironmentFile')} && `);
    expect(page).toContain(`sudo install -d ${valueIn(unit, 'WorkingDirectory')}\n`);
    expect(page).toMatch(new RegExp(`^sudo useradd --system .*${valueIn(unit, 'User')}$`, 'm'));
    expect(page).toMatch(new RegExp(`^sudo cp .*deploy/${basename(unit)} .*/etc/systemd/system/$`, 'm'));
    expect(page).toMatch(new RegExp(`^sudo systemctl enable --now .*${basename(unit, '.service')}\\b`, 'm'));
  });
});

it('what the worker unit starts serves MariaDB, and ends with 0 at SIGTERM', async () => {
  const worker = startUnit(WORKER_UNIT, databaseEnv(database.settings));
  await serving(worker);

  expect(worker.stdout).toContain(`/${database.settings.database}`);
  expect(await worker.stop('SIGTERM')).toMatchObject({ exitCode: 0 });
});

it('what the service unit starts answers, remembers in MariaDB, and ends with 0 at SIGTERM', async () => {
  const service = startUnit(SERVICE_UNIT, databaseEnv(database.settings));
  const url = await urlOf(service);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const body = JSON.stringify({ npc_id: 'Sage of Prontera', player_id: 150_001, message: 'Where am I?' });
  const answer = await fetch(`${url}/api/v1/npc/dialogue`, posting(body));

  expect(await answer.text()).toContain('Prontera');
  expect(await service.stop('SIGTERM')).toMatchObject({ exitCode: 0 });
  expect(await database.query('SELECT npc_id, player_id FROM ai_npc_memory')).toEqual([
    { npc_id: 'sage-of-prontera', player_id: '150001' },
  ]);
});

it('the worker looks for the service where its unit starts it', () => {
  const [, host, port] = /--host (\S+) --port (\d+)/.exec(valueIn(SERVICE_UNIT, 'ExecStart')) ?? [];
  expect(WORKER.aiServiceBaseUrl.default).toBe(`http://${host}:${port}`);
});

it('both have time to end what is under way', () => {
  const call = WORKER.aiServiceTimeoutSeconds.default + LAST_SETTLE_SECONDS;
  expect(Number(valueIn(WORKER_UNIT, 'TimeoutStopSec'))).toBeGreaterThanOrEqual(call + 10);
  expect(Number(valueIn(SERVICE_UNIT, 'TimeoutStopSec'))).toBeGreaterThanOrEqual(LAST_ANSWER_SECONDS);
});
