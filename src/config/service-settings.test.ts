import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { describeSettings } from './describe.ts';
import { DEFAULT_SERVICE_SETTINGS, loadSettings } from './load.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folder(yaml = ''): string {
  const made = mkdtempSync(join(tmpdir(), 'ai-ipc-settings-'));
  folders.push(made);
  writeFileSync(join(made, 'inference_config.yaml'), yaml);
  return made;
}

function load(env: Record<string, string>, yaml = '') {
  return loadSettings({ env, cwd: folder(yaml) }).service;
}

const MODEL = { AI_PROVIDER_URL: 'http://127.0.0.1:11434/v1/', AI_MODEL: 'llama3.1:8b' };

describe('the settings of the AI service', () => {
  it('nothing set gives the offline brain and the defaults', () => {
    expect(load({})).toEqual(DEFAULT_SERVICE_SETTINGS);
    expect(DEFAULT_SERVICE_SETTINGS.modelServer).toBeNull();
  });

  it('the file is read', () => {
    const yaml = 'ai_service:\n  provider_url: http://ai.example/v1\n  model: big\n  fallback: none\n';
    expect(load({}, yaml)).toMatchObject({ modelServer: { url: 'http://ai.example/v1', model: 'big' } });
  });

  it.each([
    [
      { AI_PROVIDER_URL: 'http://127.0.0.1:1/v1' },
      'environment: AI_PROVIDER_URL names a model server, and no model is set. Set AI_MODEL, or model in ai_service.',
    ],
    [
      { AI_MODEL: 'm' },
      'environment: AI_MODEL names a model, and no server is set. Set AI_PROVIDER_URL, or provider_url in ai_service.',
    ],
    [
      { ...MODEL, AI_PROVIDER_URL: 'http://me:pw@ai.example/v1' },
      'it has a user name or a password; put the key of the service into api_key (AI_API_KEY)',
    ],
    [
      { ...MODEL, AI_PROVIDER_URL: 'http://ai.example/v1?api_key=hunter2' },
      'its query has "api_key"; put the key of the service into api_key (AI_API_KEY)',
    ],
    [{ ...MODEL, AI_PROVIDER_BODY: '{"stream":false}' }, 'stream is set with provider_profile'],
    [{ ...MODEL, AI_PROVIDER_BODY: '[1]' }, 'AI_PROVIDER_BODY is a list'],
    [{ ...MODEL, AI_PROVIDER_PROFILE: '{"format":"xml"}' }, 'format cannot be "xml"'],
    [{ ...MODEL, AI_PROVIDER_PROFILE: '{"sytem":"user"}' }, 'sytem cannot be "user"'],
    [{ ...MODEL, AI_REASONING_EFFORT: 'much' }, 'AI_REASONING_EFFORT is "much"'],
    [{ AI_FALLBACK: 'maybe' }, 'AI_FALLBACK is "maybe". Allowed: scripted or none.'],
    [{ AI_MAX_CHARS: '5000' }, 'AI_MAX_CHARS is 5000. Allowed: a whole number from 40 to 1500.'],
  ])('%j is refused', (env, message) => {
    expect(() => load(env as Record<string, string>)).toThrow(
      expect.objectContaining({ code: 'bad_settings', message: expect.stringContaining(message) }),
    );
  });

  it('the address of the model server may have a query, which is kept', () => {
    const url = 'https://ai.example/openai/deployments/npc/?api-version=2024-10-21';
    expect(load({ ...MODEL, AI_PROVIDER_URL: url }).modelServer?.url).toBe(
      'https://ai.example/openai/deployments/npc?api-version=2024-10-21',
    );
  });

  it('what a model server takes is read from the file, too', () => {
    const lines = ['provider_url: http://ai.example/v1', 'model: big'];
    const own = ['provider_body:', '  seed: 7', '  provider: {require_parameters: true}'];
    const profile = ['provider_profile:', '  format: text', '  token_limit: none'];
    const yaml = `ai_service:\n${[...lines, ...own, ...profile].map((line) => `  ${line}\n`).join('')}`;
    expect(load({}, yaml).modelServer).toMatchObject({
      body: { seed: 7, provider: { require_parameters: true } },
      profile: { format: 'text', token_limit: 'none' },
    });
  });

  it('no key is shown', () => {
    const env = {
      ...MODEL,
      AI_API_KEY: 'hunter2',
      AI_SERVICE_KEY: 'hunter2',
      AI_PROVIDER_HEADERS: '{"X-Key":"hunter2"}',
    };
    const described = describeSettings({ env, cwd: folder() });
    expect(JSON.stringify(described)).not.toContain('hunter2');
    expect(described.effective).toContainEqual(
      expect.objectContaining({ key: 'ai_service.provider_headers', value: 'X-Key: ***' }),
    );
  });

  it.each([
    [
      { ...MODEL, AI_PROVIDER_URL: 'http://ai.example/v1', AI_API_KEY: 'k' },
      'travel unencrypted to ai.example',
    ],
    [{ AI_FALLBACK: 'none' }, 'fallback is none, and there is no model'],
  ])('%j is warned of', (env, warning) => {
    const { warnings } = describeSettings({ env, cwd: folder() });
    expect(warnings).toEqual([expect.stringContaining(warning)]);
  });
});
