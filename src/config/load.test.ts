// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the placeholders of YAML, written as an admin does.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ALERT } from './alert-schema.ts';
import { DEFAULT_SERVICE_SETTINGS, type LoadOptions, loadSettings, loadWithSources } from './load.ts';
import { MARIADB, WORKER } from './schema.ts';
import { defaultsOf } from './setting.ts';

const folders: string[] = [];
const REPOSITORY = resolve(import.meta.dirname, '../..');
/** The document's example address, put together, so that this file names no machine outside. */
const DOCUMENT_HOST = [192, 168, 0, 100].join('.');

const DOCUMENT_YAML = `ipc_worker:
  enabled: true
  poll_interval_ms: 100
  batch_size: 10
  max_processing_time: 5000
  cleanup_interval: 60
  timeout_seconds: 30
  ai_service_base_url: "http://127.0.0.1:8000"
  ai_service_timeout: 10

database:
  mariadb:
    host: "${DOCUMENT_HOST}"
    port: 3306
    database: "ragnarok"
    user: "\${DB_USER}"
    password: "\${DB_PASSWORD}"
    min_pool_size: 5
    max_pool_size: 20
`;

const DOCUMENT_ENV = `# Database configuration
DB_HOST=${DOCUMENT_HOST}
DB_PORT=3306
DB_USER=ragnarok
DB_PASSWORD=your_password_here
DB_NAME=ragnarok

# AI Service configuration
AI_SERVICE_BASE_URL=http://127.0.0.1:8000
AI_SERVICE_TIMEOUT=10

# Worker configuration
POLL_INTERVAL_MS=100
BATCH_SIZE=10
CLEANUP_INTERVAL=60
TIMEOUT_SECONDS=30
`;

const DEFAULT_WORKER = defaultsOf(WORKER);

const AUTHORITY = readFileSync(new URL('../../test/support/tls/ca.pem', import.meta.url), 'utf8');
const DEFAULT_MARIADB = { kind: 'mariadb', ...defaultsOf(MARIADB), socketPath: null };

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-settings-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function load(files: Readonly<Record<string, string>>, options: Partial<LoadOptions> = {}) {
  return loadSettings({ env: {}, cwd: folderWith(files), ...options });
}

describe('what is in effect', () => {
  it('nothing set gives the defaults and the embedded database in the current folder', () => {
    const cwd = folderWith({});
    expect(loadSettings({ env: {}, cwd })).toEqual({
      worker: DEFAULT_WORKER,
      service: DEFAULT_SERVICE_SETTINGS,
      alerts: defaultsOf(ALERT),
      database: { kind: 'sqlite', file: join(cwd, 'ai_ipc.sqlite') },
    });
  });

  it('the document’s file and .env load as they stand', () => {
    const settings = load({ 'inference_config.yaml': DOCUMENT_YAML, '.env': DOCUMENT_ENV });
    expect(settings).toEqual({
      worker: DEFAULT_WORKER,
      service: DEFAULT_SERVICE_SETTINGS,
      alerts: defaultsOf(ALERT),
      database: { ...DEFAULT_MARIADB, host: DOCUMENT_HOST, password: 'your_password_here' },
    });
  });

  it('the document’s file without variables leaves the embedded database in use', () => {
    expect(load({ 'inference_config.yaml': DOCUMENT_YAML }).database.kind).toBe('sqlite');
  });

  it('the document’s file with DB_USER and DB_PASSWORD chooses MariaDB and fills in the rest', () => {
    const env = { DB_USER: 'game', DB_PASSWORD: 'p#w ${x}' };
    const { database } = load({ 'inference_config.yaml': DOCUMENT_YAML }, { env });
    expect(database).toEqual({ ...DEFAULT_MARIADB, host: DOCUMENT_HOST, user: 'game', password: 'p#w ${x}' });
  });

  it('the files that come with the package load, with and without variables', () => {
    const configFile = join(REPOSITORY, 'inference_config.yaml');
    const cwd = folderWith({});
    expect(loadSettings({ env: {}, cwd, configFile }).worker).toEqual(DEFAULT_WORKER);
    expect(loadSettings({ env: { DB_USER: 'a', DB_PASSWORD: 'b' }, cwd, configFile })).toEqual({
      worker: DEFAULT_WORKER,
      service: DEFAULT_SERVICE_SETTINGS,
      alerts: defaultsOf(ALERT),
      database: { ...DEFAULT_MARIADB, user: 'a', password: 'b' },
    });
  });

  it.each([
    ['200', '5', 5, 10],
    ['100', '10', 10, 20],
    ['50', '20', 15, 30],
  ])(
    'the tuning table’s column %s ms, %s requests, pool %i to %i is accepted',
    (poll, batch, least, most) => {
      const yaml = `database: { mariadb: { min_pool_size: ${least}, max_pool_size: ${most} } }`;
      const env = { POLL_INTERVAL_MS: poll, BATCH_SIZE: batch, DB_PASSWORD: '' };
      expect(load({ 'inference_config.yaml': yaml }, { env })).toMatchObject({
        worker: { pollIntervalMs: Number(poll), batchSize: Number(batch) },
        database: { minPoolSize: least, maxPoolSize: most },
      });
    },
  );
});

describe('precedence', () => {
  const yaml = 'ipc_worker:\n  batch_size: 11\n  concurrency: 12\n  max_attempts: 4\n';
  const dotEnv = 'BATCH_SIZE=21\nCONCURRENCY=22\n';

  it('the environment beats .env, .env the file, the file the default', () => {
    const { worker } = load({ 'inference_config.yaml': yaml, '.env': dotEnv }, { env: { BATCH_SIZE: '31' } });
    expect(worker).toEqual({ ...DEFAULT_WORKER, batchSize: 31, concurrency: 22, maxAttempts: 4 });
  });

  it('what --database names beats the environment, the rest comes from it', () => {
    const env = { DB_HOST: 'elsewhere', DB_USER: 'nobody', DB_PASSWORD: 'secret', DB_PORT: '3308' };
    const { database } = load({}, { env, database: 'mariadb://me@db.example/game' });
    expect(database).toEqual({
      ...DEFAULT_MARIADB,
      host: 'db.example',
      port: 3308,
      user: 'me',
      password: 'secret',
      database: 'game',
    });
  });

  it('the environment of the process is not changed by .env', () => {
    load({ '.env': 'AI_IPC_LOAD_TEST=1\nBATCH_SIZE=9' });
    expect(process.env['AI_IPC_LOAD_TEST']).toBeUndefined();
  });
});

describe('what may be written', () => {
  it('a section whose lines are all comments is an empty one, and so is an empty file', () => {
    expect(load({ 'inference_config.yaml': 'ipc_worker:\n  # batch_size: 5\n' }).worker).toEqual(
      DEFAULT_WORKER,
    );
    expect(load({ 'inference_config.yaml': '' }).worker).toEqual(DEFAULT_WORKER);
  });

  it('files of Windows, with a byte order mark and CR LF, are read', () => {
    const yaml = '\uFEFFipc_worker:\r\n  batch_size: 5\r\n';
    const dotEnv =
      '\uFEFFCONCURRENCY=6\r\nAI_SERVICE_HEADERS=\'{\r\n"A":\r\n"b"}\' # a key\r\nMAX_ATTEMPTS=2\r\n';
    expect(load({ 'inference_config.yaml': yaml, '.env': dotEnv }).worker).toMatchObject({
      batchSize: 5,
      concurrency: 6,
      aiServiceHeaders: { A: 'b' },
      maxAttempts: 2,
    });
  });

  it('a ${VAR} is filled in within texts, numbers and headers, from the environment before .env', () => {
    const yaml = [
      'ipc_worker:',
      '  concurrency: "${SLOTS}"',
      '  ai_service_base_url: "http://${AI}:8000/v1"',
      '  ai_service_headers:',
      '    Authorization: "Bearer ${KEY}"',
      '    X-Literal: "$${KEY}"',
    ].join('\n');
    const files = { 'inference_config.yaml': yaml, '.env': 'KEY=weak\nSLOTS=5' };
    expect(load(files, { env: { KEY: 'strong', AI: 'ai.example' } }).worker).toMatchObject({
      concurrency: 5,
      aiServiceBaseUrl: 'http://ai.example:8000/v1',
      aiServiceHeaders: { Authorization: 'Bearer strong', 'X-Literal': '${KEY}' },
    });
  });

  it('a ${VAR} that a stronger source overrules need not be set', () => {
    const yaml = 'database:\n  mariadb:\n    user: "${NOBODY}"\n    password: "x"\n';
    const { database } = load({ 'inference_config.yaml': yaml }, { env: { DB_USER: 'me' } });
    expect(database).toMatchObject({ user: 'me', password: 'x' });
  });

  it('the address of a service loses the slash at its end', () => {
    const { worker, service } = load(
      {},
      {
        env: {
          AI_SERVICE_BASE_URL: 'https://ai.example/npc/',
          AI_PROVIDER_URL: 'http://ai.example/v1/',
          AI_MODEL: 'big',
        },
      },
    );
    expect(worker.aiServiceBaseUrl).toBe('https://ai.example/npc');
    expect(service.modelServer?.url).toBe('http://ai.example/v1');
  });

  it('a relative path starts from the current folder, a full one stays', () => {
    const cwd = folderWith({ 'ca.pem': AUTHORITY });
    const env = {
      DB_SSL_CA: 'ca.pem',
      DB_PASSWORD: '',
      AI_PERSONAS: 'npcs',
      AI_PROFANITY_FILE: '/x/words.txt',
    };
    const { database, service } = loadSettings({ env, cwd });
    expect(database).toMatchObject({ sslCaFile: join(cwd, 'ca.pem'), ssl: 'verify-full' });
    expect(service).toMatchObject({ personasDir: join(cwd, 'npcs'), profanityFile: resolve('/x/words.txt') });
    const { database: embedded } = loadSettings({ env: { SQLITE_FILE: 'x.sqlite' }, cwd });
    expect(embedded).toEqual({ kind: 'sqlite', file: join(cwd, 'x.sqlite') });
  });

  it('a file of authorities alone has the server checked whole, as the table of settings says', () => {
    const cwd = folderWith({ 'ca.pem': AUTHORITY });
    const env = { DB_SSL_CA: 'ca.pem', DB_PASSWORD: '' };
    const rowOf = (more: object) =>
      loadWithSources({ env: { ...env, ...more }, cwd }).effective.find(
        ({ key }) => key === 'database.mariadb.ssl',
      );
    expect(rowOf({})).toMatchObject({ value: 'verify-full', source: 'default with ssl_ca' });
    expect(rowOf({ DB_SSL: 'verify-ca' })).toMatchObject({ value: 'verify-ca', source: 'environment' });
  });

  it('off switches the doorbell off', () => {
    expect(
      load({ 'inference_config.yaml': 'ipc_worker: { doorbell_bind: off }' }).worker.doorbellBind,
    ).toBeNull();
  });

  it.each(['/run/mysqld/mysqld.sock', '\\\\.\\pipe\\MySQL'])('the host %s is a socket', (host) => {
    expect(load({}, { env: { DB_HOST: host, DB_PASSWORD: '' } }).database).toEqual({
      ...DEFAULT_MARIADB,
      host: 'localhost',
      socketPath: host,
    });
  });

  it('of several hosts the first is preferred, and DB_PORT is the port of those that name none', () => {
    const env = { DB_HOST: 'db1,db2:3307,[::1]', DB_PORT: '3308', DB_PASSWORD: '' };
    expect(load({}, { env }).database).toEqual({
      ...DEFAULT_MARIADB,
      host: 'db1',
      port: 3308,
      otherHosts: [
        { host: 'db2', port: 3307 },
        { host: '::1', port: 3308 },
      ],
    });
  });

  it('a folder named .env is not read', () => {
    const cwd = folderWith({});
    mkdirSync(join(cwd, '.env'));
    expect(loadSettings({ env: {}, cwd }).worker).toEqual(DEFAULT_WORKER);
  });
});
