import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AiIpcError, exitCodeOf } from '../../src/base/errors.ts';
import { SECRETS, WORKER } from '../../src/config/schema.ts';
import { findProgram, installWithApt } from '../support/apt.ts';
import { newFolder, ROOT, serving, startProgram, urlOf, useCli } from '../support/cli-process.ts';
import { createUser } from '../support/create-user.ts';
import { posting } from '../support/json-body.ts';
import type { ProgramProcess } from '../support/program-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { databaseEnv } from '../support/worker-process.ts';

const WORKER_UNIT = join(ROOT, 'deploy/ai-ipc-worker.service');
const SERVICE_UNIT = join(ROOT, 'deploy/ai-ipc-service.service');
/** Whatever comes to stand there. */
const UNITS = readdirSync(join(ROOT, 'deploy'))
  .filter((name) => name.endsWith('.service'))
  .map((name) => join(ROOT, 'deploy', name));
const USER = 'ai_ipc_by_credential';
/** The worker's own last bound: so long the outcomes of its last calls may take to be written. */
const LAST_SETTLE_SECONDS = 15;
/** The service's: answers in the making, what NPCs remember of them, a query that hangs, the end of the connections. */
const LAST_ANSWER_SECONDS = 3 + 3 + 10 + 2;
/** 2.0: on systemd's scale from 0 (safest) to 10, here in tenths, a unit without any limits has 9.6. They have 1.7. */
const MOST_EXPOSURE = 20;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.loadSqlFile(join(ROOT, 'sql-files/ai_ipc_tables.sql'));
});
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
  const name = 'systemd-analyze';
  if (!findProgram(name)) installWithApt(['systemd'], `${name} is missing.`);
  return spawnSync(findProgram(name) ?? name, args, { encoding: 'utf8' });
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
  });

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

it('each secret is a credential of a unit, from a file of its name that need not be there', () => {
  const lines = UNITS.flatMap((unit) => readFileSync(unit, 'utf8').match(/^LoadCredential=.*$/gm) ?? []);
  const expected = SECRETS.map(({ variable }) => `LoadCredential=${variable}:ai-ipc.${variable}`);
  expect([...new Set(lines)].sort()).toEqual(expected.sort());
});

it('the password may come as a credential, in place of the environment', async () => {
  const password = 'only in a file';
  const account = `'${USER}'@'%'`;
  await createUser(database, account, password);
  await database.query(`GRANT ALL ON \`${database.settings.database}\`.* TO ${account}`);
  const { DB_PASSWORD: _, ...others } = databaseEnv({ ...database.settings, user: USER });
  const folder = newFolder();
  writeFileSync(join(folder, 'DB_PASSWORD'), `${password}\n`, { mode: 0o400 });
  const worker = startUnit(WORKER_UNIT, { ...others, CREDENTIALS_DIRECTORY: folder });
  await serving(worker);
  expect(await worker.stop('SIGTERM')).toMatchObject({ exitCode: 0 });
  await database.query(`DROP USER ${account}`);
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
