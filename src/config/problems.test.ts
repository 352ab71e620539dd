// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the placeholders of YAML, written as an admin does.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { AiIpcError, exitCodeOf } from '../base/errors.ts';
import { type LoadOptions, loadSettings } from './load.ts';
import { WORKER } from './schema.ts';

const folders: string[] = [];
const CA_FILE = fileURLToPath(new URL('../../test/support/tls/ca.pem', import.meta.url));

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

interface Situation extends Partial<LoadOptions> {
  readonly yaml?: string | Uint8Array;
  readonly dotEnv?: string | Uint8Array;
}

/** The message with which these settings are refused. */
function refusal({ yaml, dotEnv, ...options }: Situation): string {
  const cwd = mkdtempSync(join(tmpdir(), 'ai-ipc-settings-'));
  folders.push(cwd);
  if (yaml !== undefined) writeFileSync(join(cwd, 'inference_config.yaml'), yaml);
  if (dotEnv !== undefined) writeFileSync(join(cwd, '.env'), dotEnv);
  try {
    loadSettings({ env: {}, cwd, ...options });
  } catch (error) {
    expect(error).toBeInstanceOf(AiIpcError);
    expect(error).toMatchObject({ code: 'bad_settings' });
    expect(exitCodeOf(error)).toBe(78);
    return (error as AiIpcError).message.replaceAll(cwd, '<folder>');
  }
  throw new Error('These settings were accepted.');
}

describe('numbers in the environment are read strictly', () => {
  it.each(['10s', '1e3', '0x10', ' 10', '10.0', '+10', '1_0', '9', '60001', '99999999999999999999'])(
    '%j',
    (text) => {
      expect(refusal({ env: { POLL_INTERVAL_MS: text } })).toBe(
        `environment: POLL_INTERVAL_MS is ${/^\d+$/.test(text) ? Number(text) : JSON.stringify(text)}. ` +
          'Allowed: a whole number from 10 to 60000.',
      );
    },
  );

  it('nothing at all', () => {
    expect(refusal({ dotEnv: 'BATCH_SIZE=\n' })).toBe(
      '.env: BATCH_SIZE is "": it is empty; leave it out for the default. Allowed: a whole number from 1 to 1000.',
    );
  });
});

describe('the file', () => {
  it.each([
    [
      'ipc_worker:\n  batch_size: ten',
      'line 2: ipc_worker.batch_size is "ten". Allowed: a whole number from 1 to 1000.',
    ],
    [
      'ipc_worker:\n  batch_size: "10"',
      'line 2: ipc_worker.batch_size is "10". Allowed: a whole number from 1 to 1000.',
    ],
    [
      'ipc_worker:\n  batch_size: 1.5',
      'line 2: ipc_worker.batch_size is 1.5. Allowed: a whole number from 1 to 1000.',
    ],
    [
      'ipc_worker:\n  batch_size: [1]',
      'line 2: ipc_worker.batch_size is a list. Allowed: a whole number from 1 to 1000.',
    ],
    [
      'ipc_worker:\n  batch_size: {a: 1}',
      'line 2: ipc_worker.batch_size is a section. Allowed: a whole number from 1 to 1000.',
    ],
    ['ipc_worker:\n  enabled: yes', 'line 2: ipc_worker.enabled is "yes". Allowed: true or false.'],
    [
      'ipc_worker: {log_level: loud}',
      'line 1: ipc_worker.log_level is "loud". Allowed: debug, info, warn or error.',
    ],
    [
      'ipc_worker:\n  batch_size:\n',
      'line 2: ipc_worker.batch_size has no value. Write one, or leave the line out for the default. ' +
        'Text that begins with # or & needs quotes.',
    ],
    [
      'ipc_worker:\n  pol_interval: 5',
      'line 2: "ipc_worker.pol_interval" is no setting. Did you mean ipc_worker.poll_interval_ms?',
    ],
    [
      'ipc_worker:\n  batchSize: 5',
      'line 2: "ipc_worker.batchSize" is no setting. Did you mean ipc_worker.batch_size?',
    ],
    ['batch_size: 5', 'line 1: "batch_size" is no setting. Did you mean ipc_worker.batch_size?'],
    ['ipc_workers: {}', 'line 1: "ipc_workers" is no setting. Did you mean ipc_worker?'],
    [
      'database:\n  mariadb:\n    pasword: hunter2',
      'line 3: "database.mariadb.pasword" is no setting. Did you mean database.mariadb.password?',
    ],
    [
      'database:\n  mongodb: {}\n  quark: 1',
      'line 3: "database.quark" is no setting. Allowed here: mariadb, sqlite.',
    ],
    [
      'ipc_worker: 5',
      'line 1: ipc_worker is a section: its settings stand below it, indented. Allowed: enabled, poll_interval_ms,',
    ],
    ['- 1', 'line 1: there are no sections here. Allowed: ipc_worker, ai_service, alerts, database.'],
    ['ipc_worker:\n\tbatch_size: 5', 'line 2: there is a tab in the indentation. Use spaces.'],
    [
      'ipc_worker:\n  batch_size: 5\n  batch_size: 6',
      'line 3: this key is there twice in its section. Leave one.',
    ],
    [
      'ipc_worker:\n  batch_size: 5\n enabled: true',
      'line 3: the indentation does not fit. The lines of one section begin in the same column.',
    ],
    ['ipc_worker:\n  batch_size: "5\n', 'a quote, bracket, comma or colon is missing here or above.'],
    ['a: 1\n---\nb: 2', 'line 2: a line of --- begins a second document. Leave one.'],
    [
      'ipc_worker:\n  concurrency: "${9x}"',
      'line 2: ipc_worker.concurrency has a ${ } that does not hold the name of a variable.',
    ],
    [
      'ipc_worker:\n  concurrency: "${SLOTS}"',
      'line 2: ipc_worker.concurrency needs ${SLOTS}, which is set neither in the environment nor in .env. Set SLOTS, or write the value into the file.',
    ],
    [
      'database: {mariadb: {port: 70000}}',
      'line 1: database.mariadb.port is 70000. Allowed: a whole number from 1 to 65535.',
    ],
  ])('%j', (yaml, problem) => {
    const message = refusal({ yaml });
    expect(message).toContain('inference_config.yaml, ');
    expect(message).toContain(problem);
    expect(message).not.toContain('hunter2');
  });

  it.each([
    '*hunter2',
    '!hunter2',
    '@hunter2',
    '%hunter2',
    '&hunter2',
    '#hunter2',
    '"\\hunter2"',
    '[hunter2',
    'hunter2: hunter2',
  ])('the password %s without the right quotes is refused and not shown', (password) => {
    const message = refusal({
      yaml: `database:\n  mariadb:\n    password: ${password}\n`,
      env: { DB_USER: 'me' },
    });
    expect(message).toMatch(/inference_config.yaml, line [34]: /);
    expect(message).not.toContain('hunter2');
  });

  it('one that was asked for and is not there', () => {
    expect(refusal({ configFile: 'other.yaml' })).toBe(
      'other.yaml, given with --config, is not a file (looked for <folder>/other.yaml).',
    );
  });

  it('a folder in its place', () => {
    const cwd = mkdtempSync(join(tmpdir(), 'ai-ipc-settings-'));
    folders.push(cwd);
    mkdirSync(join(cwd, 'folder.yaml'));
    expect(refusal({ cwd, configFile: 'folder.yaml' })).toContain(
      'folder.yaml, given with --config, is not a file',
    );
  });

  it('one that cannot be read', () => {
    expect(refusal({ yaml: '', configFile: 'inference_config.yaml/inner.yaml' })).toContain(
      'inference_config.yaml/inner.yaml cannot be read (ENOTDIR',
    );
  });
});

describe('.env', () => {
  it('a line that is no setting would swallow the next one', () => {
    expect(refusal({ dotEnv: '# fine\nBATCH_SIZE 5\nCONCURRENCY=6\n' })).toBe(
      '.env, line 2: this is not NAME=value. A comment begins with #.',
    );
  });

  it.each([
    'DB_PASSWORD=hunter2#x',
    'DB_PASSWORD=p#ss word',
    'DB_PASSWORD=#hunter2',
    'export DB_PASSWORD=p#',
    'DB_PASSWORD=hun"ter#2"',
  ])('a # would cut a password short: %s', (line) => {
    expect(refusal({ dotEnv: `BATCH_SIZE=5\n${line}\nCONCURRENCY=6\n` })).toBe(
      '.env, line 2: DB_PASSWORD has a # that would cut its value short. Put the value in quotes: DB_PASSWORD="…".',
    );
  });
});

describe('a variable of .env that the file names', () => {
  const yaml =
    'ipc_worker:\n  concurrency: "${SLOTS}"\n  ai_service_headers: { Authorization: "Bearer ${MY_KEY}" }\n';

  it('is not cut short either', () => {
    expect(refusal({ yaml, dotEnv: 'SLOTS=5 # enough\nMY_KEY=hunter#2\nCOLOR=#fff\n' })).toBe(
      '.env, line 2: MY_KEY has a # that would cut its value short. Put the value in quotes: MY_KEY="…".',
    );
  });

  it('and does not end between the quotes of another one', () => {
    const dotEnv = `SLOTS=5\nOTHER='x\n\nMY_KEY=it's\n`;
    expect(refusal({ yaml, dotEnv })).toContain(
      '.env, line 2: OTHER opens a quote that is closed on line 4 only, so MY_KEY on line 4 is not read. ' +
        'Close it where the value ends.',
    );
  });
});

describe('MariaDB', () => {
  it('a password that is not set', () => {
    expect(refusal({ env: { DB_HOST: 'db.example' } })).toBe(
      'DB_PASSWORD is not set. Set it in the environment or in .env; an empty one is written DB_PASSWORD= there. ' +
        'MariaDB is in use because of DB_HOST in the environment.',
    );
  });

  it('a ${VAR} that is not set', () => {
    const yaml = 'database:\n  mariadb:\n    password: "${DB_PASSWORD}"\n';
    expect(refusal({ yaml, database: 'mariadb' })).toBe(
      'inference_config.yaml, line 3: database.mariadb.password needs ${DB_PASSWORD}, which is set neither in the ' +
        'environment nor in .env. Set DB_PASSWORD, or write the value into the file. ' +
        'MariaDB is in use because of --database.',
    );
  });

  it.each([
    [
      { DB_HOST: 'db.example:70000' },
      'DB_HOST is "db.example:70000". Allowed: a host name or an IP address, with :port',
    ],
    [{ DB_HOST: 'a,b c' }, 'DB_HOST is "a,b c": "b c" is no host. Allowed: a host name or'],
    [
      { DB_HOST: 'a,/run/db.sock' },
      'DB_HOST is "a,/run/db.sock": a socket stands alone, without other hosts.',
    ],
    [{ DB_HOST: 'a,b,' }, 'DB_HOST is "a,b,": a host is missing at one of its commas. Allowed: a host name'],
    [{ DB_HOST: 'a,b,a' }, 'DB_HOST is "a,b,a": it names "a" twice. Allowed: a host name or an IP address'],
    [
      { DB_HOST: 'a,a:3307', DB_PORT: '3307' },
      'DB_HOST: it names "a:3307" twice, with 3307 as the port of those that have none (DB_PORT).',
    ],
    [{ DB_HOST: '' }, 'DB_HOST is "": it is empty; leave it out for the default. Allowed: a host name'],
    [{ DB_PORT: '0' }, 'DB_PORT is 0. Allowed: a whole number from 1 to 65535.'],
    [{ DB_USER: 'a\nb' }, 'DB_USER is "a\\nb": it has a control character or a line end.'],
    [{ DB_MAX_POOL_SIZE: '3' }, 'DB_MAX_POOL_SIZE is 3. Allowed: a whole number from 4 to 500.'],
    [
      { DB_MAX_POOL_SIZE: '4' },
      'default: database.mariadb.min_pool_size is 5, more than max_pool_size, which is 4 (environment). ' +
        'Lower min_pool_size (DB_MIN_POOL_SIZE) or raise max_pool_size (DB_MAX_POOL_SIZE).',
    ],
    [
      { DB_SSL_CA: '/etc/no-such/ca.pem' },
      'environment: DB_SSL_CA: /etc/no-such/ca.pem cannot be read (ENOENT',
    ],
    [{ DB_SSL: 'on' }, 'DB_SSL is "on". Allowed: disabled, preferred, required, verify-ca or verify-full.'],
    [
      { DB_SSL: 'required', DB_SSL_CA: CA_FILE },
      'environment: DB_SSL is required, which checks no certificate, and ssl_ca is set (environment). ' +
        'Set DB_SSL to verify-ca or verify-full, or leave DB_SSL_CA out.',
    ],
    [{ DB_SSL_CA: '' }, 'DB_SSL_CA is "": it is empty; leave it out for the default.'],
  ])('%j', (env, problem) => {
    expect(refusal({ env: { DB_PASSWORD: 'hunter2', ...env } })).toContain(problem);
  });

  it('a line end in a password is refused without showing it', () => {
    expect(refusal({ env: { DB_PASSWORD: 'hunter2\n' } })).toBe(
      'environment: DB_PASSWORD is ***: it has a line end or a NUL. ' +
        'Allowed: text without line ends, which may be empty; in YAML, a number needs quotes around it.',
    );
  });

  it('a number as a password in YAML is refused without showing it', () => {
    const message = refusal({ yaml: 'database: {mariadb: {password: 12345}}', database: 'mariadb' });
    expect(message).toContain('password is ***. Allowed: text');
    expect(message).not.toContain('12345');
  });
});

describe('the AI service', () => {
  const words =
    'Allowed: an http:// or https:// address, which may have a path, such as http://127.0.0.1:8000.';

  it.each([
    [
      'http://key:hunter2@ai.example/',
      '"http://***@ai.example/": it has a user name or a password; put the key of the service into ai_service_headers. ',
    ],
    [
      'https://ai.example/v1?key=hunter2',
      '"https://ai.example/v1?***": it has a ?query; put the key of the service into ai_service_headers. ',
    ],
    ['https://ai.example/#hunter2', '"https://ai.example/#***": it has a #fragment, which is never sent. '],
    ['ftp://ai.example', '"ftp://ai.example". '],
    ['ai.example:8000', '"ai.example:8000". '],
    ['key:hunter2@ai.example', '"***@ai.example". '],
    ['http:///x', '"http:///x". '],
    ['http://ai.example:99999', '"http://ai.example:99999". '],
    ['http://ai example', '"http://ai example". '],
  ])('the address %s', (url, shown) => {
    expect(refusal({ env: { AI_SERVICE_BASE_URL: url } })).toBe(
      `environment: AI_SERVICE_BASE_URL is ${shown}${words}`,
    );
  });

  it.each([
    ['hunter2', 'AI_SERVICE_HEADERS is ***. Allowed: names and text values'],
    ['["hunter2"]', 'AI_SERVICE_HEADERS is ***. Allowed'],
    ['{"X":5}', 'AI_SERVICE_HEADERS is ***. Allowed'],
    ['{"a b":"hunter2"}', '"a b" is not the name of an HTTP header'],
    ['{"A":"hunter2\\n"}', 'the value of "A" has a line end or a character that a header cannot carry'],
    ['{"Idempotency-Key":"hunter2"}', 'the worker itself writes Idempotency-Key; leave it out'],
    ['{"Host":"hunter2"}', 'the worker itself writes Host; leave it out'],
    ['{"A":"hunter2","a":"hunter2"}', 'a is there twice'],
  ])('the headers %s', (text, problem) => {
    const message = refusal({ env: { AI_SERVICE_HEADERS: text } });
    expect(message).toContain(problem);
    expect(message).not.toContain('hunter2');
  });
});

it('an address for the doorbell that the table of workers cannot hold', () => {
  const address = `${'a'.repeat(60)}.${'b'.repeat(60)}:8000`;
  expect(refusal({ env: { DOORBELL_ADVERTISE: address } })).toContain('DOORBELL_ADVERTISE is');
});

describe('the doorbell', () => {
  it.each(['127.0.0.1', '127.0.0.1:70000', '::1:5', '[127.0.0.1]:5', 'a b:5', 'on'])('%s', (text) => {
    const message = refusal({ env: { DOORBELL_BIND: text, DOORBELL_ADVERTISE: text } });
    expect(message).toContain(
      `DOORBELL_BIND is "${text}". Allowed: host:port (port 0 takes a free one), or off`,
    );
    expect(message).toContain(
      `DOORBELL_ADVERTISE is "${text}". Allowed: host:port, with a port from 1 to 65535.`,
    );
  });
});

it('each line but the first tells by itself where and what: journald shows one at a time', () => {
  const yaml = 'ipc_worker:\n  batch_size:\n  log_level: loud\n  concurrency: "${SLOTS}"\ndatabase: 5\n';
  const env = { DB_NAME: '', DB_HOST: 'a:', AI_MODEL: 'm', AI_SERVICE_HEADERS: 'x', DB_USER: 'a\nb' };
  const dotEnv = 'BATCH_SIZE 5\nDB_PASSWORD=p#x\nPOLL_INTERVAL_MS=1\nDB_MAX_POOL_SIZE=4\n';
  const [first, ...lines] = refusal({ yaml, dotEnv, env }).split('\n');
  expect(first).toBe(`The settings have ${lines.length} problems:`);
  expect(lines.length).toBeGreaterThanOrEqual(10);
  for (const line of lines)
    expect(line).toMatch(
      /^ {2}(environment: [A-Z_]+|\.env(, line \d+)?: |inference_config\.yaml, line \d+: |default: \w+)/,
    );
});

it('all problems are in one error, one a line, whatever overrules them', () => {
  const yaml = 'ipc_worker:\n  batch_size: 0\n  speed: 9\n';
  const env = { BATCH_SIZE: '5', MAX_ATTEMPTS: 'x', DB_NAME: 'game' };
  expect(refusal({ yaml, dotEnv: 'TIMEOUT_SECONDS=0\n', env })).toBe(
    [
      'The settings have 4 problems:',
      `  inference_config.yaml, line 3: "ipc_worker.speed" is no setting. Allowed here: ${WORKER_KEYS}.`,
      '  inference_config.yaml, line 2: ipc_worker.batch_size is 0. Allowed: a whole number from 1 to 1000.',
      '  .env: TIMEOUT_SECONDS is 0. Allowed: a whole number from 1 to 86400.',
      '  environment: MAX_ATTEMPTS is "x". Allowed: a whole number from 1 to 100.',
    ].join('\n'),
  );
});

const WORKER_KEYS = Object.values(WORKER)
  .map(({ key }) => key.replace('ipc_worker.', ''))
  .join(', ');

it('a name that is misspelt in .env is told beside the setting that is missed', () => {
  expect(refusal({ dotEnv: 'DB_HOST=127.0.0.1\nDB_USER=me\nDB_NAME=x\nDB_PASSWORT=secret\n' })).toMatch(
    /DB_PASSWORD is not set.*\n.*DB_PASSWORT is no setting and does nothing here\. Did you mean DB_PASSWORD\?/,
  );
});
