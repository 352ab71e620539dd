// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the placeholders of YAML, written as an admin does.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeSettings } from './describe.ts';
import { type LoadOptions, loadSettings, loadWithSources } from './load.ts';
import { SECRETS } from './schema.ts';

const SECRET = 'pass phrase #1';
let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ai-ipc-secrets-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function write(name: string, text: string | Uint8Array): string {
  const path = join(cwd, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/** A folder as systemd makes it of LoadCredential=. */
function credentials(texts: Readonly<Record<string, string>>): string {
  mkdirSync(join(cwd, 'credentials'), { recursive: true });
  for (const [name, text] of Object.entries(texts)) write(`credentials/${name}`, text);
  return join(cwd, 'credentials');
}

const load = (env: LoadOptions['env']) => loadSettings({ env, cwd });
const passwordOf = (env: LoadOptions['env']) => {
  const { database } = load(env);
  return database.kind === 'mariadb' ? database.password : undefined;
};

/** A good value for each secret. */
const VALUES: Readonly<Record<string, string>> = {
  AI_SERVICE_HEADERS: '{"Authorization":"Bearer a"}',
  AI_PROVIDER_HEADERS: '{"X-Key":"b"}',
  AI_MODELS: '{"chatter":{"provider_url":"http://127.0.0.1:8080/v1","model":"small","api_key":"c"}}',
  ALERT_WEBHOOK_URL: 'https://discord.com/api/webhooks/1/d',
};
const goodValue = (variable: string) => VALUES[variable] ?? 'long enough not to be guessed';
const variables = SECRETS.map(({ variable }) => variable);

describe('each secret', () => {
  const written = Object.fromEntries(variables.map((name) => [name, goodValue(name)]));

  it('is read from a file that NAME_FILE names, in the environment and in .env', () => {
    const files = variables.map((name) => [`${name}_FILE`, write(name, `${goodValue(name)}\n`)] as const);
    expect(load(Object.fromEntries(files))).toEqual(load(written));
    write('.env', files.map(([name, path]) => `${name}=${path}\n`).join(''));
    expect(load({})).toEqual(load(written));
  });

  it('is read from a credential of systemd', () => {
    expect(load({ CREDENTIALS_DIRECTORY: credentials(written) })).toEqual(load(written));
  });

  it('is none where a folder of credentials is none, or is another user’s that a shell has passed on', () => {
    const file = write('no-folder', 'x');
    expect(passwordOf({ CREDENTIALS_DIRECTORY: file, DB_PASSWORD: SECRET })).toBe(SECRET);
  });

  it('is shown nowhere, and told by the file that it is from', () => {
    const { effective } = describeSettings({ env: { DB_PASSWORD_FILE: write('pw', SECRET) }, cwd });
    expect(effective.find(({ key }) => key === 'database.mariadb.password')).toMatchObject({
      value: '***',
      source: 'environment, DB_PASSWORD_FILE',
    });
  });
});

describe('what stands in the file', () => {
  it.each([
    [`${SECRET}\n`, SECRET],
    [`${SECRET}\r\n`, SECRET],
    [`\ufeff${SECRET}`, SECRET],
    [` ${SECRET} \n`, ` ${SECRET} `],
  ])('%j is %j', (text, password) => {
    expect(passwordOf({ DB_PASSWORD_FILE: write('pw', text) })).toBe(password);
  });

  it('a relative path starts from the current folder', () => {
    write('pw', SECRET);
    expect(passwordOf({ DB_PASSWORD_FILE: 'pw' })).toBe(SECRET);
  });

  it('fills in a ${NAME} of the file, also one of no setting of its own', () => {
    write('inference_config.yaml', 'ipc_worker:\n  ai_service_headers:\n    X-Key: "${MY_KEY}"\n');
    const { worker } = load({ MY_KEY_FILE: write('key', `${SECRET}\n`) });
    expect(worker.aiServiceHeaders).toEqual({ 'X-Key': SECRET });
  });
});

describe('is refused by its name, without a word of it', () => {
  const refusal = (env: LoadOptions['env']): string => {
    try {
      load(env);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('It was not refused.');
  };

  it.each([
    [
      'a file that is not there',
      () => ({ DB_PASSWORD_FILE: '/etc/no/such' }),
      /^environment: DB_PASSWORD_FILE: \/etc\/no\/such cannot be read \(ENOENT.*Check the path/,
    ],
    ['a home folder, of which units see nothing', () => ({ DB_PASSWORD_FILE: '/home/x/pw' }), /ProtectHome/],
    ['a folder', () => ({ DB_PASSWORD_FILE: '/etc' }), /\/etc is no file/],
    ['a device', () => ({ DB_PASSWORD_FILE: '/dev/zero' }), /\/dev\/zero is no file/],
    [
      'an empty file',
      () => ({ DB_PASSWORD_FILE: write('pw', '\n') }),
      /pw is empty\. For an empty value, set DB_PASSWORD= /,
    ],
    ['no path', () => ({ DB_PASSWORD_FILE: '' }), /it names no file/],
    [
      'two lines',
      () => ({ DB_PASSWORD_FILE: write('pw', `${SECRET}\nmore\n`) }),
      /DB_PASSWORD_FILE: DB_PASSWORD is \*\*\*: it has a line end/,
    ],
    ['a large file', () => ({ DB_PASSWORD_FILE: write('pw', 'x'.repeat(70_000)) }), /70000 bytes/],
    [
      'both',
      () => ({ DB_PASSWORD: SECRET, DB_PASSWORD_FILE: write('pw', SECRET) }),
      /^environment: DB_PASSWORD and DB_PASSWORD_FILE are both set\. Leave one/,
    ],
    [
      'an empty one beside a file',
      () => ({ DB_PASSWORD: '', DB_PASSWORD_FILE: write('pw', SECRET) }),
      /both set/,
    ],
    [
      'a file and a credential',
      () => ({
        DB_PASSWORD_FILE: write('pw', SECRET),
        CREDENTIALS_DIRECTORY: credentials({ DB_PASSWORD: SECRET }),
      }),
      /DB_PASSWORD_FILE and the credential DB_PASSWORD are both set/,
    ],
    [
      'a map that is no JSON',
      () => ({ AI_SERVICE_HEADERS_FILE: write('pw', SECRET) }),
      /AI_SERVICE_HEADERS_FILE: AI_SERVICE_HEADERS is \*\*\*/,
    ],
    [
      'an unreadable map',
      () => ({ AI_SERVICE_HEADERS_FILE: '/no' }),
      /^environment: AI_SERVICE_HEADERS_FILE: \/no cannot be read \(ENOENT[^\n]*$/,
    ],
  ])('%s', (_, env, message) => {
    const words = refusal(env());
    expect(words).toMatch(message);
    expect(words).not.toContain('pass phrase');
    // One fault is told once.
    expect(words.split('\n')).toHaveLength(1);
  });
});

it('the environment beats a file that .env names', () => {
  write('.env', `DB_PASSWORD_FILE=${write('pw', 'other')}\n`);
  expect(passwordOf({ DB_PASSWORD: SECRET })).toBe(SECRET);
});

it('a file that all users can read is warned of', () => {
  const path = write('pw', SECRET);
  const warnings = () => describeSettings({ env: { DB_PASSWORD_FILE: path }, cwd }).warnings;
  expect(warnings().join()).not.toContain(path);
  chmodSync(path, 0o644);
  expect(warnings()).toContainEqual(expect.stringContaining(`chmod 640 ${path}`));
});

it('is no misspelt name in .env', () => {
  write('.env', `AI_API_KEY_FILE=${write('key', SECRET)}\n`);
  const { settings, sources } = loadWithSources({ env: {}, cwd });
  expect(settings.service.modelServer).toBeNull();
  expect(sources.envFile.warnings).toEqual([]);
  expect(describeSettings({ env: {}, cwd }).warnings.join()).not.toContain('AI_API_KEY_FILE');
});
