import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AiIpcError } from '../../base/errors.ts';
import { loadPersonas } from './persona-book.ts';
import { parsePersona } from './persona-yaml.ts';

const GOOD = `
name: Tester
role: tester
place: Izlude
language: en
greeting: ["Hm?"]
rules:
  - name: one
    patterns: ["hello"]
    answers: ["Hello."]
fallback: ["No idea."]
`;

function parse(text: string) {
  return parsePersona(text, { id: 'tester', path: '/personas/tester.yaml' });
}

describe('a persona file', () => {
  it('is read with its defaults', () => {
    expect(parse(GOOD)).toMatchObject({
      ...{ id: 'tester', name: 'Tester', mood: 'neutral', npc_ids: [], knowledge: [], goals: [], moods: {} },
      ...{ forbidden_topics: [], canned_lines: [], model_settings: {} },
    });
  });

  it.each([
    ['a missing key', GOOD.replace('role: tester', ''), 'role: is missing: give a text'],
    ['an unknown key', `${GOOD}\nrulez: []`, '(the whole file): there is no key rulez. Did you mean rules?'],
    [
      'an unknown key of a rule',
      GOOD.replace('patterns:', 'pattern:'),
      'rules[0]: there is no key pattern. Did you mean patterns?',
    ],
    ['a key that is like no other', `${GOOD}\nxyzzy: 1`, '(the whole file): there is no key xyzzy'],
    [
      'emotes that are none',
      `${GOOD}\nemotes: {smile: /heh}`,
      'emotes: give ragnarok, or an emoji and its text a line',
    ],
    ['nothing in it', '# later\n', 'tester.yaml is empty'],
    ['a number for a list', GOOD.replace('["No idea."]', '5'), 'fallback: must be a list; it is 5'],
    ['an empty list', GOOD.replace('"No idea."', ''), 'fallback: is empty'],
    ['a bad pattern', GOOD.replace('"hello"', '"(hello"'), 'rules[0].patterns[0]: The pattern "(hello"'],
    [
      'an unknown emotion',
      GOOD.replace('rules:', 'mood: hungry\nrules:'),
      'mood: "hungry" is no emotion. Did you mean angry?',
    ],
    [
      'an unknown placeholder',
      GOOD.replace('"Hello."', '"Hello {nobody}."'),
      'rules[0].answers[0]: {nobody}',
    ],
    [
      'answers that all need a word',
      GOOD.replace('"No idea."', '"{word}?"'),
      'fallback: every line needs {word}',
    ],
    [
      'answers that all need a memory',
      GOOD.replace('"Hello."', '"Hello {player}."'),
      'rules[0].answers: every line needs',
    ],
    [
      'a rule without patterns',
      GOOD.replace('patterns: ["hello"]', 'emotion: calm'),
      'give patterns, an intent',
    ],
    [
      'an unknown intent',
      GOOD.replace('patterns: ["hello"]', 'intent: helllo'),
      'rules[0].intent: "helllo" is no intent. Did you mean hello?',
    ],
    [
      'an intent in a language without any',
      GOOD.replace('language: en', 'language: nl').replace('patterns: ["hello"]', 'intent: hello'),
      'has no intents yet',
    ],
    ['a rule without a name', GOOD.replace('name: one', 'emotion: calm'), 'rules[0].name: '],
    [
      'an opener that needs a memory',
      `${GOOD}\nmoods: {angry: {openers: ["{player}!"]}}`,
      'moods.angry.openers: ',
    ],
    ['an unknown mood', `${GOOD}\nmoods: {hungry: {}}`, 'moods'],
    ['a temperature of 3', `${GOOD}\nmodel_settings: {temperature: 3}`, 'model_settings.temperature: '],
    [
      'a forbidden topic without answers',
      `${GOOD}\nforbidden_topics: [{topic: gold, patterns: [gold]}]`,
      'forbidden_topics[0].answers: ',
    ],
    ['an empty answer', GOOD.replace('"Hello."', '" "'), 'rules[0].answers[0]: '],
    ['a list in place of keys', '- 1', '(the whole file): '],
    ['broken YAML', 'name: "a', 'is not YAML'],
    ['an alias without an anchor', 'name: *nobody', '/personas/tester.yaml'],
  ])('with %s is refused with the file and the key', (_, text, reason) => {
    let thrown: unknown;
    try {
      parse(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AiIpcError);
    expect(thrown).toMatchObject({ code: 'persona_invalid' });
    expect(String(thrown)).toContain('/personas/tester.yaml');
    expect(String(thrown)).toContain(reason);
  });

  it('that multiplies its aliases is refused', () => {
    const lines = Array.from({ length: 12 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at}, `.repeat(9)}]`);
    expect(() => parse(`a0: &a0 [x]\n${lines.join('\n')}\n`)).toThrow(AiIpcError);
  });
});

describe('a personas folder', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'personas-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('of the package has six personas of Prontera and the neutral one', async () => {
    const book = await loadPersonas();
    expect(book.personas.map((persona) => persona.id)).toEqual([
      'blacksmith-of-prontera',
      'guard-of-prontera',
      'innkeeper-of-prontera',
      'kafra-employee',
      'merchant-of-prontera',
      'neutral',
      'sage-of-prontera',
    ]);
  });

  it('is searched by file name, by name, and by NPC names as the game writes them', async () => {
    const book = await loadPersonas();
    for (const id of [
      'sage-of-prontera',
      'Sage of Prontera',
      'SAGE OF PRONTERA#main',
      'Sage of Prontera::sage_1',
    ]) {
      expect(book.find(id).id, id).toBe('sage-of-prontera');
    }
    for (const id of [123, 'Sage', '', '#', null]) expect(book.find(id).id, String(id)).toBe('neutral');
  });

  it('without a neutral persona borrows the one of the package', async () => {
    await writeFile(join(folder, 'tester.yaml'), `${GOOD}npc_ids: [7]\n`);
    const book = await loadPersonas(folder);
    expect(book.find(7).id).toBe('tester');
    expect(book.find('7').id).toBe('tester');
    expect(book.find(8).id).toBe('neutral');
  });

  it.each([
    [
      'is missing',
      async () => rm(folder, { recursive: true }).then(() => writeFile(folder, '')),
      'cannot be read',
    ],
    ['has no persona', () => writeFile(join(folder, 'notes.txt'), ''), 'has no .yaml file'],
    ['has a folder named like one', () => mkdir(join(folder, 'x.yaml')), 'cannot be read'],
    ['has two with one name', async () => writeTwice(folder), 'both answer to "tester"'],
  ])('that %s is refused', async (_, prepare, reason) => {
    await prepare();
    await expect(loadPersonas(folder)).rejects.toMatchObject({ code: 'persona_invalid' });
    await expect(loadPersonas(folder)).rejects.toThrow(reason);
  });
});

async function writeTwice(folder: string): Promise<void> {
  await writeFile(join(folder, 'a.yaml'), GOOD);
  await writeFile(join(folder, 'b.yaml'), GOOD);
}
