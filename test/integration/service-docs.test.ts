import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { DEFAULT_ACTIONS } from '../../src/service/decision.ts';
import { EMOTION_NAMES } from '../../src/service/emotion.ts';
import { HTTP_ERRORS } from '../../src/service/http-error.ts';
import { parsePersona } from '../../src/service/persona.ts';
import { createPersonaBook, loadPersonas } from '../../src/service/persona-book.ts';
import { createScriptedProvider } from '../../src/service/providers/scripted.ts';
import { createService } from '../../src/service/server.ts';

const page = await readFile(new URL('../../docs/ai-service.md', import.meta.url), 'utf8');
/** What differs from run to run; only their type is compared. */
const VARYING = ['latency_ms', 'uptime_s', 'version'];

const EXAMPLE =
  /```http\n(?<method>[A-Z]+) (?<path>\S+)\n(?:\n(?<body>[^`]+?)\n)?```\n```json\n(?<answer>[^`]+?)\n```/g;
const examples = [...page.matchAll(EXAMPLE)].map(({ groups = {} }) => ({
  method: groups['method'] ?? '',
  path: groups['path'] ?? '',
  body: groups['body'],
  answer: groups['answer'] ?? '',
}));

const service = createService({
  port: 0,
  hasTestEndpoints: true,
  logger: createLogger({ level: 'error', format: 'json', fd: 2 }),
});
let url = '';

beforeAll(async () => {
  ({ url } = await service.start());
});
afterAll(() => service.stop());

describe('docs/ai-service.md', () => {
  it('has an example for every endpoint', () => {
    expect(examples.map(({ path }) => path).sort()).toEqual([
      '/api/v1/health',
      '/api/v1/npc/decide',
      '/api/v1/npc/dialogue',
      '/api/v1/npc/dialogue',
      '/api/v1/npc/emotion',
      '/api/v1/test/delay/250',
      '/api/v1/test/status/503',
    ]);
  });

  it.each(examples)('$method $path $body is answered as it says', async ({ method, path, body, answer }) => {
    const response = await fetch(`${url}${path}`, { method, ...(body === undefined ? {} : { body }) });
    expect(withoutVarying(await response.json())).toEqual(withoutVarying(JSON.parse(answer)));
  });

  it('names every error code with its status, every emotion and every default action', () => {
    for (const [code, status] of Object.entries(HTTP_ERRORS))
      expect(page).toContain(`| ${status} | \`${code}\` |`);
    for (const emotion of EMOTION_NAMES) expect(page).toContain(`\`${emotion}\``);
    const list = new Intl.ListFormat('en-GB').format(DEFAULT_ACTIONS);
    expect(page.replace(/\s+/g, ' ')).toContain(`it chooses from ${list}`);
  });

  it('shows a persona that works as it is explained', async () => {
    const text = /```yaml\n(?<persona>[^`]+)```/.exec(page)?.groups?.['persona'] ?? '';
    const marla = parsePersona(text, { id: 'innkeeper', path: 'innkeeper.yaml' });
    const { personas } = await loadPersonas();
    const book = createPersonaBook([marla, ...personas]);
    expect(book.find(4711)).toBe(marla);
    const provider = createScriptedProvider(book.personas);
    const say = async (message: string) =>
      (await provider.speak({ persona: marla, npcId: 4711, playerId: 1, message })).text;
    expect(await say('My name is Ana')).toBe('Ana! What a fine name to write on a bill.');
    expect(await say('How much for the nicest room?')).toContain('500 zeny');
    expect(await say('Where is the castle?')).toBe('I know my inn, not the world.');
    expect(marla.greeting).toContain(await say('...'));
  });
});

function withoutVarying(answer: unknown): unknown {
  return Object.fromEntries(
    Object.entries(answer as Record<string, unknown>).map(([key, value]) => [
      key,
      VARYING.includes(key) ? typeof value : value,
    ]),
  );
}
