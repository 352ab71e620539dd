import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  newFolder,
  PROGRAM,
  ROOT,
  runCli,
  runProgram,
  startOnTerminal,
  useCli,
} from '../support/cli-process.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import type { ProgramResult } from '../support/program-process.ts';
import { TestDatabase } from '../support/test-database.ts';
import { freePort } from './support/free-port.ts';

/** As on an admin's machine: its own users, and 127.0.0.1 is localhost. */
const server = new MariadbServer({ looksUpNames: true });
let admin: TestDatabase;
let prefix = '';
let servicePort = 0;
const user = userInfo().username;

useCli();
beforeAll(async () => {
  await server.start();
  admin = new TestDatabase({ ...server.address, database: 'information_schema' });
  prefix = newFolder('file');
  servicePort = await freePort();
});
// Before the folder goes, in which it stands who they are.
afterAll(async () => {
  await stopAll();
  await server.remove();
});

const settingsFile = () => join(prefix, 'etc/ai-ipc/env');
const folder = () => join(prefix, ROOT);

function flags(...more: string[]): string[] {
  const { port, socketPath } = server.address;
  const place = ['--prefix', prefix, '--user', user, '--service-port', String(servicePort)];
  return ['setup', ...place, '--db-port', String(port), '--db-admin', `root@${socketPath}`, ...more];
}

async function setup(words: readonly string[], env: Record<string, string> = {}): Promise<ProgramResult> {
  return await runCli(words, { env });
}

/** What setup started outlives it, as it shall. */
async function stopAll(): Promise<void> {
  if (!existsSync(join(prefix, 'run/ai-ipc'))) return;
  await runCli(['worker', 'stop'], { cwd: folder() });
  await runCli(['service', 'stop', '--port', String(servicePort)], { cwd: folder() });
  for (const pid of startedPids()) if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGKILL');
}

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('var/log/'))
    .sort()
    .map((name) => {
      const stat = lstatSync(join(path, name));
      return `${name} ${stat.mode.toString(8)} ${stat.isDirectory() ? '' : stat.mtimeMs}`;
    });
}

describe('setup on a machine that has nothing yet', () => {
  it('--print shows each step, no password, and does nothing', async () => {
    const { exitCode, stdout } = await setup(flags('--print'));

    expect(exitCode).toBe(0);
    expect(stdout.match(/^(done {3}|to do {2}).+/gm)).toEqual([
      expect.stringContaining('the command ai-ipc'),
      expect.stringContaining('the settings'),
      expect.stringContaining('the database ragnarok and its user ai_ipc'),
      expect.stringContaining('the tables'),
      `done   the user ${user} of this machine`,
      expect.stringContaining('the units ai-ipc-worker, ai-ipc-service'),
      expect.stringContaining('started: ai-ipc-worker, ai-ipc-service'),
    ]);
    expect(readdirSync(prefix)).toEqual([]);
    expect(await admin.query("SELECT user FROM mysql.user WHERE user = 'ai_ipc'")).toEqual([]);
  });

  it('a port that another program has is named before anything is changed', async () => {
    const other = createServer().listen(servicePort, '127.0.0.1');
    const { exitCode, stderr } = await setup(flags('--yes'));
    other.close();

    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(new RegExp(`^ERROR port_in_use: .*port ${servicePort} .*--service-port`)),
    });
    expect(readdirSync(prefix)).toEqual([]);
  });

  it('an administrator whom the server refuses: what was done stays, and it is said how to name him', async () => {
    const { exitCode, stderr } = await setup(
      flags('--yes', '--db-admin', `nobody@127.0.0.1:${server.address.port}`),
    );

    expect(exitCode).toBe(78);
    expect(stderr).toMatch(/^ERROR database_denied: .*nobody.*DB_ADMIN_PASSWORD_FILE=… .*--db-admin/);
    expect(statSync(settingsFile()).mode & 0o777).toBe(0o600);
  });

  it('--yes goes on from there: user with the rights of the file, tables, units, start, and a green doctor', async () => {
    const password = passwordIn(settingsFile());
    const { exitCode, stdout, stderr } = await setup(flags('--yes'));

    expect(exitCode, `${stdout}${stderr}`).toBe(0);
    expect(stdout).toMatch(/^done {3}the settings/m);
    expect(stdout).toMatch(/\nNothing is wrong\.( .+)?\n$/);
    expect(stdout).not.toContain(password);
    expect(readlinkSync(join(folder(), '.env'))).toBe(settingsFile());
    expect(readlinkSync(join(prefix, 'usr/local/bin/ai-ipc'))).toBe(PROGRAM);
    const unit = readFileSync(join(prefix, 'etc/systemd/system/ai-ipc-service.service'), 'utf8');
    expect(unit).toMatch(new RegExp(`^ExecStart=.* ${PROGRAM} service .*--port ${servicePort}$`, 'm'));
    expect(unit).toMatch(new RegExp(`^EnvironmentFile=${settingsFile()}$`, 'm'));
    const grants = await admin.query("SHOW GRANTS FOR 'ai_ipc'@'localhost'");
    expect(grants.map((row) => Object.values(row).join()).join('\n')).not.toMatch(
      /ALL PRIVILEGES|ON \*\.\* .*SELECT/,
    );
  });

  it('once more, it changes nothing', async () => {
    const before = filesBelow(prefix);
    const { exitCode, stdout } = await setup(flags('--yes'));

    expect(exitCode).toBe(0);
    expect(stdout).toContain('\nNothing had to be changed.\n');
    expect(filesBelow(prefix)).toEqual(before);
  });

  it('another value for a setting that is there: the file before is kept, and what runs has the new one', async () => {
    const before = readFileSync(settingsFile(), 'utf8');
    const pid = workerPid();
    const { exitCode, stdout } = await setup(flags('--yes', '--db-host', 'localhost'));

    expect(exitCode, stdout).toBe(0);
    expect(readFileSync(`${settingsFile()}.before-setup`, 'utf8')).toBe(before);
    expect(readFileSync(settingsFile(), 'utf8')).toBe(
      before.replace('DB_HOST=127.0.0.1', 'DB_HOST=localhost'),
    );
    expect(workerPid()).not.toBe(pid);
  });

  it('a user who is there keeps his password, and it is asked for', async () => {
    await admin.query("CREATE USER 'theirs'@'localhost' IDENTIFIED BY 'theirs'");
    const mine = newFolder();
    const words = flags('--yes', '--no-start', '--prefix', mine, '--db-user', 'theirs');
    const refused = await setup(words);
    expect(refused).toMatchObject({ exitCode: 78 });
    expect(refused.stderr).toMatch(/^ERROR database_denied: .*another password: give it \(DB_PASSWORD=…/);

    const given = await setup(words, { DB_PASSWORD: 'theirs' });
    expect(given, given.stderr).toMatchObject({ exitCode: 0 });
    expect(passwordIn(join(mine, 'etc/ai-ipc/env'))).toBe('theirs');
  });

  it('a program of the machine that is called ai-ipc is not replaced', async () => {
    const mine = newFolder();
    mkdirSync(join(mine, 'usr/local/bin'), { recursive: true });
    writeFileSync(join(mine, 'usr/local/bin/ai-ipc'), 'theirs');
    const { exitCode, stderr } = await setup(flags('--yes', '--no-start', '--prefix', mine));

    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^ERROR setup_refused: .*sudo mv/),
    });
    expect(readFileSync(join(mine, 'usr/local/bin/ai-ipc'), 'utf8')).toBe('theirs');
  });
});

describe('setup asks', () => {
  it('on a terminal, where Enter takes what is shown, and Ctrl-C changes nothing', async () => {
    const mine = newFolder();
    const run = startOnTerminal(flags('--prefix', mine, '--no-start'));
    for (const question of [
      /Where is the database/,
      /Its port/,
      /Which database\?/,
      /Which database user/,
      /The password of/,
    ]) {
      await run.waitForOutput(question);
      run.type('\r');
    }
    await run.waitForOutput(/Run the AI service of the package here/);
    run.type('\u0003');
    const { exitCode, stdout } = await run.ended;

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/ERROR aborted: Stopped by you\. Nothing was changed\./);
    expect(readdirSync(mine)).toEqual([]);
  });

  it('nobody where there is no terminal, and says what to do', async () => {
    expect(await setup(flags())).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^ERROR bad_argument: Nobody is at a terminal .*--print.*--yes/),
    });
  });

  it('a value that a setting does not take is refused by its name', async () => {
    expect(await setup(flags('--yes', '--db-port', '99999'))).toMatchObject({
      exitCode: 78,
      stderr: expect.stringMatching(/^ERROR bad_settings: .*DB_PORT is 99999/),
    });
  });
});

/** One who may read all the same: a checkout below /root is nobody's else. */
const AS_NOBODY = [
  ...['--reuid=65534', '--clear-groups'],
  ...['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'],
];

it('whoever is not root is told to be', async () => {
  const isRoot = process.getuid?.() === 0;
  const words = [process.execPath, PROGRAM, 'setup', '--yes'];
  const { exitCode, stderr } = isRoot
    ? await runProgram('setpriv', [...AS_NOBODY, ...words], { cwd: '/' })
    : await runProgram(words[0]!, words.slice(1));

  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/setup_refused: .*sudo ai-ipc setup/),
  });
});

function passwordIn(file: string): string {
  return /^DB_PASSWORD=(.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
}

function startedPids(): number[] {
  const pids = join(prefix, 'run/ai-ipc');
  return readdirSync(pids).map((name) => Number(readFileSync(join(pids, name), 'utf8')));
}

function workerPid(): string {
  return readFileSync(join(prefix, 'run/ai-ipc/ai-ipc-worker.pid'), 'utf8');
}
