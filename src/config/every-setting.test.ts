import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Document } from 'yaml';
import { ALERT } from './alert-schema.ts';
import { loadSettings } from './load.ts';
import { ALL_SETTINGS, MARIADB, SQLITE, WORKER } from './schema.ts';
import { MODEL_SERVER, NAMED_MODEL, SERVICE } from './service-schema.ts';
import { type Definitions, defaultsOf, type Setting } from './setting.ts';

const FILE = 'is-there.pem';
const AUTHORITY = new URL('../../test/support/tls/ca.pem', import.meta.url);
/** What becomes of the example of `models`. */
const OTHER_MODELS = {
  chatter: { ...defaultsOf(NAMED_MODEL), url: 'http://127.0.0.1:8080/v1', model: 'small' },
};
const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-settings-'));
copyFileSync(AUTHORITY, join(folder, FILE));

afterAll(() => rmSync(folder, { recursive: true }));

/** A value other than the default, as the environment has it. */
function otherText({ key, allowed, example, default: standard }: Setting<unknown>): string {
  const isPath = allowed.inFolder?.(FILE, folder) === join(folder, FILE);
  const candidates = [
    ...(isPath ? [FILE] : []),
    ...(example === undefined ? [] : [typeof example === 'string' ? example : JSON.stringify(example)]),
    ...[`${standard}0`, `${standard}/0`, `${Number(standard) + 1}`, 'http://127.0.0.1/0', 'localhost:4000'],
    'long enough not to be guessed',
    // "scripted or none"; the last one first, with which DB_SSL looks into the file of DB_SSL_CA.
    ...allowed.words.split(/, | or /).reverse(),
  ];
  const isOther = (text: string) => {
    const checked = allowed.check(allowed.fromText(text));
    return 'value' in checked && checked.value !== standard;
  };
  const text = candidates.find(isOther);
  if (text === undefined)
    throw new Error(`No value for ${key} but its default is known here: add a way to one.`);
  return text;
}

/** What becomes of these values. */
function othersOf(definitions: Definitions): Record<string, unknown> {
  const entries = Object.entries(definitions).map(([name, setting]) => {
    const { allowed } = setting;
    const checked = allowed.check(allowed.fromText(otherText(setting)));
    const value = 'value' in checked ? checked.value : undefined;
    return [name, allowed.inFolder?.(value, folder) ?? value];
  });
  return Object.fromEntries(entries);
}

/** inference_config.yaml with another value for each setting. */
function fileOfOthers(): string {
  const file = new Document({});
  for (const setting of ALL_SETTINGS)
    file.setIn(setting.key.split('.'), setting.allowed.fromText(otherText(setting)));
  // For the characters ${ themselves.
  return String(file).replaceAll('${', () => '$${');
}

describe('every setting', () => {
  it('is read from its variable', () => {
    const env = Object.fromEntries(ALL_SETTINGS.map((setting) => [setting.variable, otherText(setting)]));
    expectOthers({ env, cwd: folder });
  });

  it('is read from its place in the file', () => {
    writeFileSync(join(folder, 'inference_config.yaml'), fileOfOthers());
    expectOthers({ env: {}, cwd: folder });
  });

  function expectOthers(options: Parameters<typeof loadSettings>[0]): void {
    expect(loadSettings({ ...options, database: 'mariadb' })).toEqual({
      worker: othersOf(WORKER),
      service: { ...othersOf(SERVICE), modelServer: othersOf(MODEL_SERVER), models: OTHER_MODELS },
      alerts: othersOf(ALERT),
      database: { kind: 'mariadb', ...othersOf(MARIADB), socketPath: null },
    });
    const { database } = loadSettings({ ...options, database: 'sqlite' });
    expect(database).toEqual({ kind: 'sqlite', ...othersOf(SQLITE) });
  }

  it('has a default that is allowed, if it has one', () => {
    for (const { key, allowed, default: standard, isRequired } of ALL_SETTINGS)
      if (standard !== null && !isRequired) expect(allowed.check(standard), key).toHaveProperty('value');
  });

  it('has a key and a variable of its own', () => {
    expect(new Set(ALL_SETTINGS.map(({ key }) => key)).size).toBe(ALL_SETTINGS.length);
    expect(new Set(ALL_SETTINGS.map(({ variable }) => variable)).size).toBe(ALL_SETTINGS.length);
  });
});
