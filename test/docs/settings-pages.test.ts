// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the placeholders of YAML, written as an admin does.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readEnvText } from '../../src/config/env-file.ts';
import { ALL_SETTINGS } from '../../src/config/schema.ts';
import { SETTINGS_PAGES } from './settings-pages.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
/** As `npm run docs` leaves them, so that a stale one fails one test alone. */
const fresh = Object.fromEntries(
  Object.entries(SETTINGS_PAGES).map(([path, made]) => [path, made(read(path))] as const),
);

describe('the lists of settings are those of the schema', () => {
  it.each(Object.keys(SETTINGS_PAGES))('in %s', (path) => {
    expect(read(path), `${path} is stale. Run: npm run docs`).toBe(fresh[path]);
  });

  it('and what is around them stays', () => {
    const change = (text: string): string =>
      text
        .replace('\n| `ipc_worker.enabled`', '\n| `ipc_worker.disabled`')
        .replace('\n  batch_size: 10', '\n  batch_size: 11')
        .replace('\nDB_PORT=3306', '\nDB_PORT=3307');
    for (const [path, made] of Object.entries(SETTINGS_PAGES)) {
      const text = `Above.\n\n${fresh[path]}\nBelow.\n`;
      expect(change(text), path).not.toBe(text);
      expect(made(change(text)), path).toBe(text);
    }
  });

  it('and a page that has lost its place for them is an error', () => {
    for (const [path, made] of Object.entries(SETTINGS_PAGES))
      expect(() => made('POLL_INTERVALL_MS=100\n'), path).toThrow(/no place|no setting/);
  });
});

describe('inference_config.yaml', () => {
  const yaml = fresh['inference_config.yaml']!;

  it('has every setting at an allowed value, in use or behind "# "', () => {
    // What a person gets who takes every "# " before a setting away.
    const everything = parse(yaml.replace(/^( {2,4})# ( *[\w-]+:)/gm, '$1$2'));
    for (const { key, allowed, default: standard, example } of ALL_SETTINGS) {
      const value = key.split('.').reduce((section, name) => section?.[name], everything);
      expect(allowed.check(value), key).toHaveProperty('value');
      if (example === undefined && !allowed.isSecret) expect(value, key).toBe(standard);
    }
  });

  it('has in use what the document has, with its user and password from the environment', () => {
    expect(parse(yaml)).toEqual({
      ipc_worker: {
        enabled: true,
        poll_interval_ms: 100,
        batch_size: 10,
        max_processing_time: 5000,
        cleanup_interval: 60,
        timeout_seconds: 30,
        ai_service_base_url: 'http://127.0.0.1:8000',
        ai_service_timeout: 10,
      },
      ai_service: null,
      alerts: null,
      database: {
        mariadb: {
          host: '127.0.0.1',
          port: 3306,
          user: '${DB_USER}',
          password: '${DB_PASSWORD}',
          database: 'ragnarok',
          min_pool_size: 5,
          max_pool_size: 20,
        },
        sqlite: null,
      },
    });
  });
});

describe('.env.example', () => {
  it('has the document’s variables', () => {
    const variables = new Set(Object.keys(readEnvText(fresh['.env.example']!, new Map()).variables));
    expect(variables).toEqual(
      new Set([
        ...['DB_HOST', 'DB_PORT', 'DB_USER', 'DB_PASSWORD', 'DB_NAME'],
        ...['AI_SERVICE_BASE_URL', 'AI_SERVICE_TIMEOUT'],
        ...['POLL_INTERVAL_MS', 'BATCH_SIZE', 'CLEANUP_INTERVAL', 'TIMEOUT_SECONDS'],
      ]),
    );
  });
});
