// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the placeholders of YAML, written as an admin does.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { describeSettings } from './describe.ts';
import type { LoadOptions } from './load.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function describeIn(files: Readonly<Record<string, string>>, options: Partial<LoadOptions> = {}) {
  const cwd = mkdtempSync(join(tmpdir(), 'ai-ipc-settings-'));
  folders.push(cwd);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(cwd, name), text);
    chmodSync(join(cwd, name), 0o644);
  }
  const description = describeSettings({ env: {}, cwd, ...options });
  return {
    ...description,
    cwd,
    row: (key: string) => description.effective.find((setting) => setting.key === key),
  };
}

it('each setting has its value, its unit and where it came from', () => {
  const files = { 'inference_config.yaml': 'ipc_worker:\n  max_attempts: 4\n', '.env': 'CONCURRENCY=5\n' };
  const { row, chosenBy } = describeIn(files, {
    env: { TIMEOUT_SECONDS: '40', DB_PASSWORD: '' },
    database: 'mariadb://me@h',
  });
  expect(row('ipc_worker.max_attempts')).toEqual({
    key: 'ipc_worker.max_attempts',
    value: '4',
    unit: 'attempts',
    source: 'inference_config.yaml, line 2',
  });
  expect(row('ipc_worker.concurrency')).toMatchObject({ value: '5', source: '.env' });
  expect(row('ipc_worker.timeout_seconds')).toMatchObject({ value: '40', unit: 's', source: 'environment' });
  expect(row('database.mariadb.user')).toMatchObject({ value: 'me', source: '--database' });
  expect(row('database.mariadb.port')).toMatchObject({ value: '3306', source: 'default' });
  expect(row('database.mariadb.password')).toMatchObject({ value: '(empty)', source: 'environment' });
  expect(chosenBy).toBe('--database');
});

it('only the database in use is described', () => {
  expect(describeIn({}).effective.map(({ key }) => key)).toContain('database.sqlite.file');
  expect(describeIn({}).row('database.mariadb.host')).toBeUndefined();
  expect(describeIn({}, { env: { DB_PASSWORD: 'x' } }).row('database.sqlite.file')).toBeUndefined();
});

it('no secret is shown', () => {
  const env = {
    DB_PASSWORD: 'hunter2',
    AI_SERVICE_HEADERS: '{"Authorization":"Bearer hunter2","X-Org":"hunter2"}',
  };
  const { effective, warnings, row } = describeIn({}, { env });
  expect(JSON.stringify([effective, warnings])).not.toContain('hunter2');
  expect(row('database.mariadb.password')?.value).toBe('***');
  expect(row('ipc_worker.ai_service_headers')?.value).toBe('Authorization: ***, X-Org: ***');
});

it('settings without a trouble give no warning', () => {
  expect(describeIn({ '.env': 'BATCH_SIZE=5\nHOME_TOWN=Prontera\n' }).warnings).toEqual([]);
});

it.skipIf(process.platform === 'win32')('a secret in a file that everybody can read is warned of', () => {
  const inEnv = describeIn({ '.env': 'DB_PASSWORD=hunter2\n' });
  const path = join(inEnv.cwd, '.env');
  expect(inEnv.warnings).toEqual([
    `Every user of this machine can read ${path}, which holds a secret. Run: chmod 640 ${path}`,
  ]);
  const inFile = describeIn(
    { 'inference_config.yaml': 'database: {mariadb: {password: hunter2}}' },
    { database: 'mariadb' },
  );
  expect(inFile.warnings[0]).toContain('inference_config.yaml, which holds a secret');
  chmodSync(path, 0o600);
  expect(describeSettings({ env: {}, cwd: inEnv.cwd }).warnings).toEqual([]);
});

it.each<[string, Partial<LoadOptions>, string]>([
  [
    'a password on the command line',
    { database: 'mariadb://me:pw@127.0.0.1' },
    'Other users of this machine can see the password',
  ],
  [
    'no TLS to another machine',
    { env: { DB_HOST: 'db.example', DB_PASSWORD: 'x', DB_SSL: 'disabled' } },
    'The connection to db.example is not encrypted (DB_SSL=disabled). Set DB_SSL=verify-full, and DB_SSL_CA',
  ],
  [
    'no TLS to one machine of several',
    { env: { DB_HOST: '127.0.0.1,db.example', DB_PASSWORD: 'x', DB_SSL: 'disabled' } },
    'The connection to db.example is not encrypted (DB_SSL=disabled).',
  ],
  [
    'TLS to another machine where it is offered',
    { env: { DB_HOST: 'db.example', DB_PASSWORD: 'x' } },
    'is encrypted only where the server offers TLS, and nobody checks who the server is (DB_SSL=preferred)',
  ],
  [
    'TLS with anybody',
    { env: { DB_HOST: 'db.example', DB_PASSWORD: 'x', DB_SSL: 'required' } },
    'is encrypted, and nobody checks who the server is (DB_SSL=required)',
  ],
  ['a worker that is switched off', { env: { ENABLED: 'false' } }, 'enabled is false'],
  [
    'an attempt longer than a life',
    { env: { AI_SERVICE_TIMEOUT: '60' } },
    'ai_service_timeout (60 s) is longer than timeout_seconds (30 s)',
  ],
  [
    'a slow call that cannot be',
    { env: { MAX_PROCESSING_TIME: '10001' } },
    'max_processing_time (10001 ms) is longer',
  ],
  [
    'answers that crash the map server',
    { env: { MAX_RESPONSE_BYTES: '40000' } },
    'max_response_bytes is 40000',
  ],
  [
    'a key in clear text',
    { env: { AI_SERVICE_BASE_URL: 'http://ai.example', AI_SERVICE_HEADERS: '{"A":"b"}' } },
    'ai_service_headers travel unencrypted to ai.example.',
  ],
  [
    'a doorbell at another port',
    { env: { DOORBELL_ADVERTISE: 'map.example:4000' } },
    'Give doorbell_bind a fixed port',
  ],
  ['a doorbell nobody can find', { env: { DOORBELL_BIND: '0.0.0.0:0' } }, 'Set doorbell_advertise'],
])('%s is warned of', (_, options, warning) => {
  const { warnings } = describeIn({}, options);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(warning);
});

it('a section for MariaDB that is not in use is warned of, unless --database said so', () => {
  const files = { 'inference_config.yaml': 'database: {mariadb: {host: 127.0.0.1}}' };
  expect(describeIn(files).warnings).toEqual([
    'inference_config.yaml has a section database.mariadb, which is not in use: set DB_USER and DB_PASSWORD, or give --database mariadb.',
  ]);
  expect(describeIn(files, { database: 'sqlite' }).warnings).toEqual([]);
});

it('a name in .env that is nearly ours is warned of', () => {
  expect(describeIn({ '.env': 'POLL_INTERVALL_MS=5\nDB_PASS=x\n' }).warnings).toEqual([
    '.env: POLL_INTERVALL_MS is no setting and does nothing here. Did you mean POLL_INTERVAL_MS?',
  ]);
});

it('a # after a space is a comment, but behind a secret it is warned of, without a word of it', () => {
  const { warnings, cwd } = describeIn({ '.env': 'BATCH_SIZE=5 # requests\nDB_PASSWORD=open #sesame\n' });
  chmodSync(join(cwd, '.env'), 0o600);
  expect(warnings).toContain(
    '.env, line 2: DB_PASSWORD has a # after a space, which would cut its value short. Put the value in quotes: DB_PASSWORD="…".',
  );
  expect(JSON.stringify(warnings)).not.toMatch(/open|sesame|BATCH/);
});

it('a secret that the file takes from .env is warned of like one of its own, other values are not', () => {
  const yaml =
    'ipc_worker:\n  concurrency: "${SLOTS}"\n  ai_service_headers: { Authorization: "${MY_KEY}" }\n';
  const dotEnv = 'SLOTS=5 # enough\nMY_KEY=open #sesame\n';
  const { warnings } = describeIn({ 'inference_config.yaml': yaml, '.env': dotEnv }, { database: 'sqlite' });
  expect(warnings.filter((text) => text.startsWith('.env, line'))).toEqual([
    '.env, line 2: MY_KEY has a # after a space, which would cut its value short. Put the value in quotes: MY_KEY="…".',
  ]);
});

it.each([
  'DB_PASSWORD="open #sesame"',
  "DB_PASSWORD='open#sesame' # both of us know it",
  'DB_PASSWORD=`open#`',
  'DB_PASSWORD="open\n#sesame\n"',
  '# DB_PASSWORD=open #sesame',
])('quotes keep a #: %j', (line) => {
  expect(describeIn({ '.env': `${line}\n` }, { database: 'sqlite' }).warnings.join()).not.toContain('#');
});
