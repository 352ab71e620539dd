import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli-process.ts';
import { type ModelStub, startModelStub } from '../support/model-stub.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import {
  DIALOGUE,
  databaseOf,
  modelServer,
  post,
  remembered,
  SCHEMA,
  useServices,
} from './support/service-under-test.ts';

const KEY = 'The key to the dungeon hangs behind the third barrel of the cellar.';
const WARDEN = `
name: Old Warden
role: warden
place: Prontera
language: en
reveals:
  - { name: dungeon_key, text: "${KEY}", patterns: ["key"] }
  - { name: old_song, text: "He wrote the song of the seven gates." }
greeting: ["Hm?"]
rules:
  - { intent: ask-name, answers: ["You are {player}.", "Who knows?"] }
fallback: ["I say nothing."]
`;

const serve = useServices();
let database: TestDatabase;
let model: ModelStub;
let personasDir: string;

beforeAll(async () => {
  model = await startModelStub();
  database = await createTestDatabase();
  await database.loadSqlFile(SCHEMA);
  personasDir = mkdtempSync(join(tmpdir(), 'ai-ipc-reveals-'));
  writeFileSync(join(personasDir, 'warden.yaml'), WARDEN);
  cpSync(join(ROOT, 'personas/sage-of-prontera.yaml'), join(personasDir, 'sage-of-prontera.yaml'));
});
afterAll(async () => {
  await model.close();
  await database.drop();
  rmSync(personasDir, { recursive: true });
});
beforeEach(async () => {
  model.clear();
  await database.query('DELETE FROM ai_npc_memory');
});

function ask(url: string, player: number, reveals?: unknown, npc = 'Old Warden') {
  const body = { npc_id: npc, player_id: player, message: 'Where is the key?', reveals };
  return post(`${url}${DIALOGUE}`, body);
}

describe('a secret of a persona, with a model', () => {
  it('is in the prompt of the request that unlocks it alone, and of no other player', async () => {
    const { url } = await serve({ ...modelServer(model), personasDir }, databaseOf(database.settings));
    await ask(url, 1);
    await ask(url, 2, ['dungeon_key']);
    await ask(url, 3);
    await ask(url, 2, ['old_song']);
    const told = model.calls.map(({ body }) => [body.includes('third barrel'), body.includes('seven gates')]);
    expect(told).toEqual([
      [false, false],
      [true, false],
      [false, false],
      [false, true],
    ]);
    expect(model.calls[1]?.data).toMatchObject({ may_tell: [KEY] });
    expect(model.calls.map(({ system }) => system)).toEqual(Array(4).fill(model.calls[0]?.system));
  });

  it('that the model tells is remembered for this player, and for nobody else', async () => {
    model.write(JSON.stringify({ text: KEY, emotion: 'calm' }));
    const { url } = await serve({ ...modelServer(model), personasDir }, databaseOf(database.settings));
    expect((await ask(url, 1, ['dungeon_key'])).body).toMatchObject({ provider: 'openai', text: KEY });
    expect(await remembered(url, 'warden', 1)).toEqual([{ said: 'Where is the key?', answered: KEY }]);
    model.write(JSON.stringify({ text: 'I say nothing of it.', emotion: 'calm' }));
    await ask(url, 2);
    expect(model.calls.at(-1)?.body).not.toContain('third barrel');
    // What was said to him was said.
    await ask(url, 1);
    expect(model.calls.at(-1)?.body).toContain('third barrel');
  });

  it('is not shown where a model has it from elsewhere', async () => {
    model.write(JSON.stringify({ text: `They say: ${KEY}`, emotion: 'calm' }));
    const { url } = await serve({ ...modelServer(model), personasDir }, databaseOf(database.settings));
    expect((await ask(url, 1)).body).toMatchObject({ provider: 'scripted', text: 'I say nothing.' });
  });
});

describe('a secret of a persona, offline', () => {
  it('is said by the request that unlocks it alone, and to no other player', async () => {
    const { url } = await serve({ personasDir }, databaseOf(database.settings));
    const said = [];
    for (const [player, reveals] of [[1], [1, ['dungeon_key']], [2], [1, []], [1, null]] as const)
      said.push((await ask(url, player, reveals)).body['text']);
    expect(said).toEqual(['I say nothing.', KEY, 'I say nothing.', 'I say nothing.', 'I say nothing.']);
  });
});

describe('a request', () => {
  it.each([
    [
      'another name',
      ['dungeon_key', 'dungeon_kye'],
      'Old Warden',
      'The field reveals.1 must be the name of a reveal of the persona warden. It has dungeon_key, old_song',
    ],
    [
      'a name where there are none',
      ['dungeon_key'],
      'Sage of Prontera',
      'of the persona sage-of-prontera. It has none',
    ],
    ['no name', ['a b'], 'Old Warden', 'The field reveals.0 must be a name of 1 to 50 letters'],
    ['no list', 'dungeon_key', 'Old Warden', 'The field reveals must be a list of names'],
    ['too many', Array(21).fill('old_song'), 'Old Warden', 'The field reveals must have at most 20 entries'],
  ])('with %s is refused', async (_, reveals, npc, message) => {
    const { url } = await serve({ personasDir });
    const { status, body } = await ask(url, 1, reveals, npc);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'bad_field', message: expect.stringContaining(message) } });
    expect(JSON.stringify(body)).not.toMatch(/dungeon_kye|a b/);
  });
});
