// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the placeholders of YAML, written as an admin does.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { messageOf } from '../base/errors.ts';
import { describeSettings } from './describe.ts';
import type { Variables } from './env-file.ts';
import { loadSettings } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-models-'));
const FILE = join(folder, 'inference_config.yaml');
afterEach(() => rmSync(FILE, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

function load(yaml: string, env: Variables = {}) {
  writeFileSync(FILE, yaml);
  return loadSettings({ env, cwd: folder }).service;
}

function problemsOf(yaml: string, env: Variables = {}): string[] {
  try {
    load(yaml, env);
  } catch (error) {
    return messageOf(error)
      .split('\n')
      .filter((line) => !line.startsWith('The settings have'))
      .map((line) => line.trim());
  }
  return [];
}

const TWO = `ai_service:
  provider_url: http://127.0.0.1:1/v1
  model: first
  model_fallbacks: [chatter, quests]
  models:
    quests:
      provider_url: https://ai.example/v1/
      model: big
      api_key: \${QUEST_KEY}
      model_slots: \${QUEST_SLOTS}
      model_timeout: 5
      model_fallbacks: [chatter, default]
    chatter: {provider_url: "http://127.0.0.1:2/v1", model: small}
`;
const KEYS = { QUEST_KEY: 'sk-quests', QUEST_SLOTS: '3' };

describe('further model servers', () => {
  it('are read with the settings of the first one, below their names', () => {
    const { modelServer, models } = load(TWO, KEYS);
    expect(modelServer).toMatchObject({ url: 'http://127.0.0.1:1/v1', fallbacks: ['chatter', 'quests'] });
    expect(models).toMatchObject({
      quests: {
        ...{ url: 'https://ai.example/v1', model: 'big', apiKey: 'sk-quests', slots: 3, timeoutSeconds: 5 },
        fallbacks: ['chatter', 'default'],
      },
      chatter: { url: 'http://127.0.0.1:2/v1', model: 'small', apiKey: '', maxTokens: 500, isWarmedUp: true },
    });
  });

  it('may be there without a first one', () => {
    const { modelServer, models } = load(
      'ai_service: {models: {quests: {provider_url: "http://a/v1", model: m}}}',
    );
    expect([modelServer, Object.keys(models)]).toEqual([null, ['quests']]);
  });

  it('are read from AI_MODELS, which wins as a whole, with its variables filled in', () => {
    const json = '{"own":{"provider_url":"http://a.example/v1","model":"m","api_key":"${QUEST_KEY}"}}';
    const { models } = load('ai_service: {models: {quests: {provider_url: "http://a/v1", model: m}}}', {
      ...KEYS,
      AI_MODELS: json,
    });
    expect(models).toMatchObject({ own: { apiKey: 'sk-quests' } });
    expect(Object.keys(models)).toEqual(['own']);
  });

  it('are shown with the line of each setting, and never with a key', () => {
    writeFileSync(FILE, TWO);
    const { effective } = describeSettings({ env: KEYS, cwd: folder });
    const shown = effective.filter(({ key }) => key.startsWith('ai_service.models'));
    expect(shown).toContainEqual({
      ...{ key: 'ai_service.models.quests.api_key', value: '***', unit: '' },
      source: 'inference_config.yaml, line 9',
    });
    expect(shown[0]).toMatchObject({ key: 'ai_service.models', value: 'quests, chatter' });
    expect(JSON.stringify(shown)).not.toContain('sk-quests');
  });
});

describe('a mistake in one of them names the key and the line', () => {
  const LINE = 'inference_config.yaml, line';
  const quests = (line: string) => `ai_service:
  models:
    quests:
      provider_url: http://127.0.0.1:1/v1
      model: big
      ${line}
`;
  it.each([
    ['max_tokens: 3', `${LINE} 6: ai_service.models.quests.max_tokens is 3. Allowed: a whole number from 16`],
    [
      'max_token: 30',
      `${LINE} 6: "ai_service.models.quests.max_token" is no setting. Did you mean max_tokens?`,
    ],
    ['api_key: ["sk-1"]', `${LINE} 6: ai_service.models.quests.api_key is ***`],
    ['api_key: ${NOT_SET}', `${LINE} 6: ai_service.models.quests.api_key needs \${NOT_SET}`],
    ['api_key:', `${LINE} 6: ai_service.models.quests.api_key has no value`],
    ['model_fallbacks: [chater]', 'ai_service.models.quests.model_fallbacks: "chater" is no model server'],
    ['model_fallbacks: [quests]', 'ai_service.models.quests.model_fallbacks: "quests" is that server itself'],
    ['model_fallbacks: [default]', 'ai_service.models.quests.model_fallbacks: "default" is no model server'],
  ])('%s', (line, problem) => {
    expect(problemsOf(quests(line))).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    ['default: {}', 'ai_service.models is ***: default is the server of provider_url: take another name'],
    ['Quests: {}', 'ai_service.models is ***: "Quests" is no name'],
    ['quests: big', 'ai_service.models is ***: quests has no settings below it'],
    ['quests: {model: big}', 'ai_service.models.quests has no provider_url'],
    ['quests: {provider_url: "http://a/v1"}', 'ai_service.models.quests has no model'],
  ])('models: {%s}', (section, problem) => {
    expect(problemsOf(`ai_service: {models: {${section}}}`)).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    ['sk-1', 'environment: AI_MODELS is ***'],
    ['{"a":{"provider_url":"ftp://x","model":"m"}}', 'environment: AI_MODELS: a.provider_url is "ftp://x"'],
    [
      '{"a":{"provider_url":"http://a/v1","model":"m","slots":2}}',
      'environment: AI_MODELS: "a.slots" is no setting',
    ],
  ])('AI_MODELS=%s', (AI_MODELS, problem) => {
    const [first = ''] = problemsOf('', { AI_MODELS });
    expect(first).toContain(problem);
    expect(first).not.toContain('sk-1');
  });

  it('fallbacks of a first server that is not set', () => {
    expect(problemsOf('', { AI_MODEL_FALLBACKS: 'chatter' })).toEqual([
      expect.stringContaining('needs a first model server'),
    ]);
  });
});
