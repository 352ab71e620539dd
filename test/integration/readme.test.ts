import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { newFolder, ROOT, serving, startProgram, urlOf, useCli } from '../support/cli-process.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import type { ProgramProcess } from '../support/program-process.ts';
import { findChosenClients } from '../support/server-clients.ts';
import { TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

const page = readFileSync(join(ROOT, 'README.md'), 'utf8');
const PASSWORD = 'your_password_here';
/** What the sage says of where one is. */
const PRONTERA = /Prontera/;
/** What is made in a checkout, and an admin's own settings. */
const NOT_IN_A_CLONE = /^(node_modules|dist|\.cache|\.git|\.env)($|\/)/;

const blocks = [...page.matchAll(/```bash\n([^`]+)```/g)].map(([, block = '']) =>
  block.replace(/ +#.*$/gm, ''),
);

/** The program, and how it opens MariaDB instead. */
const [program = '', openMariadb = '', ...otherPrograms] = [...page.matchAll(/```ts\n([^`]+)```/g)].map(
  ([, block = '']) => block,
);

/** What no test can run, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'npm ci && npm test': 'it would run this test again, and so on; .ci/run runs exactly these two commands',
  'sudo useradd --system --shell /usr/sbin/nologin ai-ipc': 'it changes the machine',
  'sudo install -d /etc/ai-ipc': 'it changes the machine',
  'sudo install -m 600 .env /etc/ai-ipc/env && sudo ln -sf /etc/ai-ipc/env .env':
    'it changes the machine; the test of step 5 runs it in a folder',
  'sudo cp deploy/ai-ipc-worker.service deploy/ai-ipc-service.service /etc/systemd/system/':
    'it changes the machine',
  'sudo systemctl daemon-reload':
    'it needs a machine that systemd has started; systemd-unit.test.ts checks the unit',
  'sudo systemctl enable --now ai-ipc-worker ai-ipc-service': 'the same',
  'sudo systemctl status ai-ipc-worker ai-ipc-service': 'the same',
};

const server = new MariadbServer({ looksUpNames: true });
const folder = newFolder('file');
const checkout = join(folder, 'ai-ipc');
let servicePort = 0;
let database: TestDatabase;
/** What the README says of step 2. */
const CLIENT_ON_MYSQL = 'On MySQL the client is `mysql`: write that in place of `mariadb`.';
const client = isMysqlChosen() ? 'mysql' : 'mariadb';

beforeAll(async () => {
  const filter = (path: string) => !NOT_IN_A_CLONE.test(relative(ROOT, path));
  cpSync(ROOT, checkout, { recursive: true, filter });
  await server.start();
  servicePort = await freePort();
  const { [client]: path = '' } = await findChosenClients();
  prepareMachine(path);
  database = new TestDatabase({
    ...server.address,
    user: 'ragnarok',
    password: PASSWORD,
    database: 'ragnarok',
  });
});
afterAll(() => server.remove());
useCli();

/** An admin's machine: `sudo` asks nothing, the client finds the server, and an editor that changes what must be. */
function prepareMachine(clientPath: string): void {
  const { socketPath, port } = server.address;
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, '.my.cnf'), `[client]\nsocket=${socketPath}\nuser=root\n`);
  writeProgram('sudo', 'exec "$@"');
  writeProgram(client, `exec ${clientPath} "$@"`);
  const edits = [
    `s/^DB_PORT=.*/DB_PORT=${port}/`,
    `s|^AI_SERVICE_BASE_URL=.*|AI_SERVICE_BASE_URL=${serviceUrl()}|`,
  ];
  writeProgram('nano', `exec sed -i ${edits.map((edit) => `-e '${edit}'`).join(' ')} "$1"`);
}

function writeProgram(name: string, line: string): void {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${line}\n`);
  chmodSync(path, 0o755);
}

function serviceUrl(): string {
  return `http://127.0.0.1:${servicePort}`;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

/** A shell with the commands, in the checkout, with nothing of the developer's own settings. */
function start(script: string): ProgramProcess {
  const { PATH = '' } = process.env;
  return startProgram('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: checkout,
    env: { ...npmEnvironment(), PATH: `${join(folder, 'bin')}:${PATH}`, HOME: folder },
    isGroup: true,
    stay: 'file',
  });
}

/** Not npm_config_local_prefix and its kind, which would lead npm out of the checkout again. */
const REGISTRY_VARIABLE =
  /^(npm_config_(registry|cache|userconfig|https?_proxy|proxy|noproxy|cafile|strict_ssl)|NODE_EXTRA_CA_CERTS|(https?|no)_proxy)$/i;

/** How this machine reaches the registry, and what npm has already fetched. */
function npmEnvironment(): Record<string, string> {
  const { HOME = folder, ...rest } = process.env;
  const kept = Object.entries(rest).filter(([name]) => REGISTRY_VARIABLE.test(name));
  return {
    npm_config_cache: join(HOME, '.npm'),
    npm_config_userconfig: join(HOME, '.npmrc'),
    ...Object.fromEntries(kept.map(([name, value]) => [name, value ?? ''])),
  };
}

async function run(script: string): Promise<string> {
  const shell = start(script);
  shell.endInput();
  const { exitCode, stdout, stderr } = await shell.ended;
  expect(exitCode, `${script}\n${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

/** The one block of the README that has this text. */
function blockWith(text: string): string {
  const found = blocks.filter((block) => block.includes(text));
  expect(found, `one block of README.md has ${text}`).toHaveLength(1);
  return found[0]!.replaceAll('/opt/ai-ipc', checkout);
}

const runBlocks = [
  'npm ci && npm start',
  'npm start -- --database',
  'npx tsx ask.ts',
  'cd /opt/ai-ipc',
  'CREATE DATABASE',
  'cp .env.example',
  'ai-ipc service',
  'ai-ipc worker',
  'ai-ipc selftest',
  'ai-ipc request',
];

it('every command of the README is run below, or there is a reason why not', () => {
  const run = new Set(runBlocks.flatMap((text) => blocks.filter((block) => block.includes(text))));
  const rest = blocks.filter((block) => !run.has(block)).flatMap((block) => block.trim().split('\n'));

  expect(rest).toEqual(Object.keys(NOT_RUN));
});

it('the first program of the README stands in the first screen, and there is no other that nobody runs', () => {
  const line = page.slice(0, page.indexOf(program)).split('\n').length;

  expect(program).toContain("from 'ai-ipc'");
  expect(line).toBeLessThanOrEqual(20);
  expect(openMariadb).toMatch(/^const ai = .+\n$/);
  expect(otherPrograms).toEqual([]);
});

it('what .ci/run runs is what the README says', () => {
  expect(readFileSync(join(ROOT, '.ci/run'), 'utf8')).toMatch(/\nnpm ci\n(.*\n)*run_tests npm test\n/);
});

describe('in an empty folder', () => {
  it('npm ci && npm start: the sage answers five questions, in the words of the README', async () => {
    const output = await run(blockWith('npm ci && npm start'));

    expect(output).toContain('5 of 5 questions were answered.');
    const [, question = '', answer = ''] =
      /```\n(\d\. .+)\n( {3}Sage of Prontera says: .+)\n {3}\(request 2, /.exec(page) ?? [];
    expect(output).toContain(`${question}\n${answer}\n   (request 2, completed in `);
    const [, file = ''] = /^Everything is kept in (.+)$/m.exec(output) ?? [];
    rmSync(join(file, '..'), { recursive: true });
  });

  it('npm start -- --database and npx tsx ask.ts: the program prints an answer', async () => {
    writeFileSync(join(checkout, 'ask.ts'), program);
    // On a terminal it goes on until it is ended; its input never ends here.
    const command = blockWith('npm start -- --database').trim();
    const demo = start(`tail -f /dev/null | script -qec '${command}' /dev/null`);
    await demo.waitForOutput(/its worker also serves/);

    expect(await run(blockWith('npx tsx ask.ts'))).toMatch(PRONTERA);

    await demo.stop('SIGTERM');
  });

  it('steps 1 to 3: installed, a database and its user, settings and tables', async () => {
    // Run above, in this folder: once more it takes 10 s of CPU and shows nothing new.
    const [there, install, link = '', ...rest] = blockWith('cd /opt/ai-ipc').trim().split('\n');
    expect([there, install, rest]).toEqual([`cd ${checkout}`, 'npm ci', []]);
    await run(link.replace('/usr/local/bin', join(folder, 'bin')));
    expect(page).toContain(CLIENT_ON_MYSQL);
    await run(blockWith('CREATE DATABASE').replaceAll('sudo mariadb ', `sudo ${client} `));
    const output = await run(blockWith('cp .env.example'));

    expect(output).toContain(
      `MariaDB ragnarok@127.0.0.1:${server.address.port}/ragnarok (chosen by DB_HOST in .env)`,
    );
    expect(output).toContain('The settings are good.');
    expect(output).toContain('Now `ai-ipc worker` can serve requests.');
    expect(statSync(join(checkout, '.env')).mode & 0o777).toBe(0o600);
  });

  it('step 4: service and worker, a self-test and an answer; then the ways to ask', async () => {
    const service = start(`${blockWith('ai-ipc service').trim()} --port ${servicePort}`);
    const worker = start(blockWith('ai-ipc worker'));
    await serving(worker);
    expect(await urlOf(service)).toBe(serviceUrl());

    const tried = await run(blockWith('ai-ipc selftest'));
    expect(tried).toContain('8 passed, 0 failed');
    expect(tried.trimEnd().split('\n').at(-1)).toMatch(PRONTERA);

    // Whoever reads the README is slower than the answer; this shell is not. It does not ask with `ai-ipc status`,
    // which takes 0.7 s of CPU a look.
    const count = `${client} ragnarok -Nse "SELECT COUNT(processed_at) FROM ai_requests WHERE id = $id"`;
    const untilEnded = `for look in $(seq 3000); do [ "$(${count})" = 1 ] && break; sleep 0.02; done`;
    const ask = blockWith('ai-ipc request').replace('ai-ipc status', `${untilEnded}; ai-ipc status`);
    const asked = await run(ask);
    expect(asked).toMatch(/^3\n\{.*"text":.*\}\n$/);

    await askInSql();
    expect(await askInTypeScript()).toMatch(PRONTERA);

    for (const program of [worker, service]) await program.stop('SIGINT');
    expect(worker.stdout).toContain('Worker stopped');
  });

  it('step 5: after it, the commands of the checkout have the settings of the services', async () => {
    const etc = join(folder, 'etc');
    mkdirSync(etc);
    const script = blockWith('sudo systemctl').replaceAll('/etc/ai-ipc', etc);
    const [line = '', ...rest] = script.split('\n').filter((text) => text.includes(' .env'));
    expect(rest).toEqual([]);

    await run(line);
    writeFileSync(join(etc, 'env'), `${readFileSync(join(etc, 'env'), 'utf8')}CONCURRENCY=7\n`);

    expect(statSync(join(etc, 'env')).mode & 0o777).toBe(0o600);
    expect(await run('ai-ipc config check')).toMatch(/ipc_worker\.concurrency\s+7\b.*\.env/);
  });
});

/** The program on MariaDB, with this server's port. */
async function askInTypeScript(): Promise<string> {
  const open = openMariadb
    .replace("password: '…'", `password: '${PASSWORD}'`)
    .replace('{ ', `{ port: ${server.address.port}, `);
  writeFileSync(join(checkout, 'ask.ts'), program.replace(/^const ai = .+\n/m, open));
  return await run(blockWith('npx tsx ask.ts'));
}

async function askInSql(): Promise<void> {
  const [, insert = '', select = ''] =
    /```sql\n(INSERT [^;]+);\n\n--.+\n(SELECT [^;]+);\n```/.exec(page) ?? [];
  const { insertId } = await database.query<{ insertId: number }>(insert);
  const answered = async () => (await database.query(select.replace('LAST_INSERT_ID()', '?'), [insertId]))[0];
  const row = await waitFor(answered, { timeoutMs: 10_000, what: 'an answer to plain SQL' });
  expect(String(row['response_data'])).toContain('Prontera');
}
