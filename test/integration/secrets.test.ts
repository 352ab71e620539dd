import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECRETS } from '../../src/config/schema.ts';
import { type AiStub, type Behaviour, startAiStub } from '../support/ai-stub.ts';
import { newFolder, ROOT, runCli, serving, startCli, urlOf, useCli } from '../support/cli-process.ts';
import { createUser } from '../support/create-user.ts';
import { posting } from '../support/json-body.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { databaseEnv } from '../support/worker-process.ts';

/** Stands in every secret, and nowhere else. */
const MARK = 'zqxhidden';
const USER = 'ai_ipc_marked';
const secret = (name: string) => `${MARK}-${name.toLowerCase()}-0123456789`;

/** All that processes said and stored, under the name of where it stood. */
const told = new Map<string, string>();
let database: TestDatabase;
let stub: AiStub;
let env: Record<string, string>;
let folder = '';

useCli();

/** A server that refuses a key, and repeats what it was sent, as some do. */
const repeating: Behaviour = (call, response) => {
  const message = `Incorrect key: ${JSON.stringify(call.headers)} ${'x'.repeat(100)} ${call.headers['authorization']}`;
  response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message } }));
};

beforeAll(async () => {
  database = await createTestDatabase();
  await database.loadSqlFile(join(ROOT, 'sql-files/ai_ipc_tables.sql'));
  await createUser(database, `'${USER}'@'%'`, secret('DB_PASSWORD'));
  await database.query(`GRANT ALL ON \`${database.settings.database}\`.* TO '${USER}'@'%'`);
  stub = await startAiStub();
  stub.behave('/v1/chat/completions', repeating);
  folder = newFolder('file');
  env = {
    ...databaseEnv({ ...database.settings, user: USER }),
    DB_PASSWORD: secret('DB_PASSWORD'),
    AI_SERVICE_KEY: secret('AI_SERVICE_KEY'),
    AI_SERVICE_HEADERS: JSON.stringify({ Authorization: `Bearer ${secret('AI_SERVICE_HEADERS')}` }),
    AI_PROVIDER_URL: `${stub.url}/v1`,
    AI_MODEL: 'marked',
    AI_API_KEY: secret('AI_API_KEY'),
    AI_PROVIDER_HEADERS: JSON.stringify({ 'X-Org': secret('AI_PROVIDER_HEADERS') }),
    AI_MODELS: JSON.stringify({
      other: { provider_url: `${stub.url}/v1`, model: 'other', api_key: secret('AI_MODELS') },
    }),
    AI_MODEL_FALLBACKS: 'other',
    DASHBOARD: 'true',
    DASHBOARD_BIND: '127.0.0.1:0',
    DASHBOARD_TOKEN: secret('DASHBOARD_TOKEN'),
    METRICS_LISTEN: '127.0.0.1:0',
    ALERT_WEBHOOK_URL: `${stub.url}/${secret('ALERT_WEBHOOK_URL')}`,
    LOG_LEVEL: 'debug',
  };
});
afterAll(async () => {
  await stub.close();
  await database.query(`DROP USER '${USER}'@'%'`);
  await database.drop();
});

it('every secret of the settings is marked here', () => {
  for (const { variable } of SECRETS) expect(env[variable], variable).toContain(secret(variable));
});

/** Nothing of a secret, in clear text or as addresses and HTTP have it. */
function expectNothingTold(): void {
  const forms = [
    MARK,
    encodeURIComponent(MARK),
    Buffer.from(MARK).toString('base64').slice(1, 10),
    MARK.toUpperCase(),
  ];
  expect(told.size).toBeGreaterThan(0);
  for (const [where, text] of told)
    for (const form of forms) expect(text.includes(form) ? `${where}: ${excerpt(text, form)}` : '').toBe('');
  told.clear();
}

function excerpt(text: string, form: string): string {
  const at = text.indexOf(form);
  return text.slice(Math.max(0, at - 200), at + 100);
}

async function signIn(url: string): Promise<string> {
  const body = new URLSearchParams({ token: secret('DASHBOARD_TOKEN'), name: 'Ana' });
  const { headers } = await fetch(`${url}/sign-in`, { method: 'POST', body, redirect: 'manual' });
  return headers.get('set-cookie') ?? '';
}

/** The words of every process, as `ps` shows them to everybody. */
function processList(): string {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.map(commandLineOf).join('\n');
}

function commandLineOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // It has ended meanwhile.
  }
}

async function run(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const { stdout, stderr, exitCode } = await runCli(args, { env: { ...env, ...more }, cwd: folder });
  told.set(`ai-ipc ${args.join(' ')}`, stdout + stderr);
  return { exitCode, output: stdout + stderr };
}

it('worker and service show none: logs, pages, metrics, tables and the list of processes', async () => {
  const service = startCli(['service', '--port', '0'], { env, cwd: folder });
  const url = await urlOf(service);
  const worker = startCli(['worker'], { env: { ...env, AI_SERVICE_BASE_URL: url }, cwd: folder });
  await serving(worker);
  const [, metrics = ''] = await worker.waitForOutput(/"url":"(http:[^"]+)"[^\n]*Metrics are served/);
  const [, dashboard = ''] = await worker.waitForOutput(/"url":"(http:[^"]+)"[^\n]*"Dashboard"/);
  const { output } = await run(['ask', 'Hello']);
  // The worker's key is not the service's: it is refused.
  expect(output).toMatch(/401/);
  const key = { Authorization: `Bearer ${secret('AI_SERVICE_KEY')}` };
  const answer = await fetch(
    `${url}/api/v1/npc/dialogue`,
    posting('{"npc_id":"sage","player_id":7,"message":"Hello"}', key),
  );
  // The model refuses its key, and the offline brain answers.
  told.set('the answer', await answer.text());
  for (const path of ['/api/v1/health', '/openapi.json', '/metrics', '/readyz', '/nowhere'])
    told.set(path, await (await fetch(url + path, { headers: key })).text());
  told.set('the worker’s metrics', await (await fetch(`${metrics}/metrics`)).text());
  const cookie = await signIn(dashboard);
  for (const path of ['/', '/settings', '/doctor', '/requests', '/requests/1', '/minds'])
    told.set(`dashboard ${path}`, await (await fetch(dashboard + path, { headers: { cookie } })).text());
  expect(told.get('dashboard /settings')).toContain('<code>service_key</code>');
  told.set('the list of processes', processList());
  expect(told.get('the list of processes')).toContain('ai-ipc.js worker');
  for (const table of [
    'ai_requests',
    'ai_responses',
    'ai_request_log',
    'ai_workers',
    'ai_npc_memory',
    'ai_ipc_meta',
  ])
    told.set(table, JSON.stringify(await database.query(`SELECT * FROM ${table}`)));
  for (const program of [worker, service]) {
    const { stdout, stderr } = await program.stop('SIGTERM');
    told.set(program === worker ? 'the worker' : 'the service', stdout + stderr);
  }
  expect(told.get('the service')).toMatch(/Incorrect key/);
  expectNothingTold();
});

describe('no command shows one', () => {
  it.each([
    [['config', 'check']],
    [['doctor']],
    [['doctor', '--json']],
    [['migrate']],
    [['selftest']],
    [['request', 'dialogue', '/api/v1/npc/dialogue', '{}']],
    [['status', '1']],
    [['response', '1']],
    [['cancel', '1']],
    [['cleanup']],
    [['requests', '--json']],
    [['show', '1']],
    [['retry', '1']],
    [['stats', '--json']],
    [['top', '--once', '--json']],
    [['npcs', 'status']],
    [['memory', 'forget', '--player', '7']],
    [['persona', 'check']],
    [['talk', 'sage']],
    [['completion', 'bash']],
    [['worker', 'stop']],
    [['service', 'stop']],
  ])('%j', async (args) => {
    await run(args);
    expectNothingTold();
  });

  it('nor does an export', async () => {
    const file = join(folder, 'all.jsonl');
    expect((await run(['export', file])).exitCode).toBe(0);
    told.set('the export', readFileSync(file, 'latin1'));
    expectNothingTold();
  });
});

describe('no fault of a setting shows it', () => {
  it.each([
    ['a line end in each', (value: string) => `${value}\nmore`],
    ['something that is none of it', (value: string) => `{"broken": ${value}`],
    ['something too short', (value: string) => value.slice(0, MARK.length)],
  ])('%s', async (_, broken) => {
    const wrong = Object.fromEntries(SECRETS.map(({ variable }) => [variable, broken(env[variable] ?? '')]));
    const { exitCode, output } = await run(['config', 'check'], wrong);
    expect(exitCode).toBe(78);
    expect(output).toMatch(/AI_SERVICE_HEADERS/);
    expectNothingTold();
  });

  it('in .env and in the file', async () => {
    writeFileSync(
      join(folder, '.env'),
      SECRETS.map(({ variable }) => `${variable}=${secret(variable)}#"\n`).join(''),
    );
    writeFileSync(
      join(folder, 'wrong.yaml'),
      `database:\n  mariadb:\n    passwort: ${MARK}\n    password: [${MARK}]\n`,
    );
    const { exitCode } = await run(['config', 'check', '--config', 'wrong.yaml']);
    writeFileSync(join(folder, '.env'), '');
    expect(exitCode).toBe(78);
    expectNothingTold();
  });

  it('a database that refuses the password', async () => {
    const { exitCode, output } = await run(['migrate'], { DB_PASSWORD: `${MARK}-wrong` });
    expect(exitCode).toBe(78);
    expect(output).toMatch(/database_denied/);
    expectNothingTold();
  });

  it('a password on the command line, which is warned of', async () => {
    const { DB_PASSWORD: _, ...others } = env;
    const place = `mariadb://${USER}:${MARK}@127.0.0.1:1/x`;
    const { stdout, stderr } = await runCli(['config', 'check', '--database', place], {
      env: others,
      cwd: folder,
    });
    told.set('config check', stdout + stderr);
    expect(stdout).toMatch(/Other users of this machine can see the password/);
    expectNothingTold();
  });
});
