// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the placeholders of YAML, written as an admin does.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readEnvText } from './env-file.ts';
import { ALL_SETTINGS, MARIADB } from './schema.ts';
import type { Setting } from './setting.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(resolve(REPOSITORY, name), 'utf8');

function rowOf({ key, variable, unit, meaning, allowed, fallback, isRequired }: Setting<unknown>): string {
  const shown = allowed.show(fallback);
  const standard = isRequired ? 'none: it must be set' : shown === '(none)' ? 'none' : `\`${shown}\``;
  return `| \`${key}\` | \`${variable}\` | ${standard} | ${unit} | ${allowed.words} | ${meaning} |`;
}

test('docs/settings.md has exactly the rows of the schema', () => {
  const rows = read('docs/settings.md')
    .split('\n')
    .filter((line) => /^\| `(ipc_worker|ai_service|database)\./.test(line));
  expect(rows).toEqual(ALL_SETTINGS.map(rowOf));
});

test('every default is a value that is allowed', () => {
  for (const { key, allowed, fallback } of ALL_SETTINGS) {
    const written = allowed.show(fallback) === '(none)' ? {} : fallback;
    if (fallback !== null && key !== MARIADB.password.key) {
      expect(allowed.schema.safeParse(written), key).toMatchObject({ success: true });
    }
  }
});

test('no key and no variable is there twice', () => {
  expect(new Set(ALL_SETTINGS.map(({ key }) => key)).size).toBe(ALL_SETTINGS.length);
  expect(new Set(ALL_SETTINGS.map(({ variable }) => variable)).size).toBe(ALL_SETTINGS.length);
});

test('inference_config.yaml has every key, at its default, in use or behind "# "', () => {
  // What a person gets who takes every "# " before a key away.
  const everything = parse(read('inference_config.yaml').replace(/^( +)# ( *[\w-]+:)/gim, '$1$2'));
  for (const { key, allowed, fallback } of ALL_SETTINGS) {
    const value = key.split('.').reduce((section, name) => section?.[name], everything);
    expect(value, key).toBeDefined();
    expect(allowed.schema.safeParse(value), key).toMatchObject({ success: true });
    if (typeof value === 'string' && (value.includes('${') || fallback === null)) continue;
    if (typeof value !== 'object') expect(value, key).toBe(fallback);
  }
});

test('.env.example has the document’s variables at their defaults', () => {
  const { variables } = readEnvText(read('.env.example'), new Map());
  expect(Object.keys(variables).sort()).toEqual(
    [
      'DB_HOST',
      'DB_PORT',
      'DB_USER',
      'DB_PASSWORD',
      'DB_NAME',
      'AI_SERVICE_BASE_URL',
      'AI_SERVICE_TIMEOUT',
      'POLL_INTERVAL_MS',
      'BATCH_SIZE',
      'CLEANUP_INTERVAL',
      'TIMEOUT_SECONDS',
    ].sort(),
  );
  for (const { variable, allowed, fallback, isRequired } of ALL_SETTINGS) {
    const text = variables[variable];
    if (text !== undefined && !isRequired) expect(text, variable).toBe(allowed.show(fallback));
  }
});
