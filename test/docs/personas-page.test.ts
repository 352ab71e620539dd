import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createOfflineMind } from '../../src/mind/brain/offline-mind.ts';
import { INTENT_NAMES } from '../../src/mind/language/intents.ts';
import { createPersonaBook, loadPersonas } from '../../src/mind/persona/persona-book.ts';
import { cannedLine } from '../../src/mind/persona/persona-canned.ts';
import { parsePersona } from '../../src/mind/persona/persona-yaml.ts';
import { ALWAYS_KNOWN, SOMETIMES_KNOWN } from '../../src/mind/persona/placeholders.ts';
import { NOTHING, type Turn } from '../../src/mind/talk/recollection.ts';

const page = await readFile(join(import.meta.dirname, '../../docs/personas.md'), 'utf8');
const example = /```yaml\n(?<persona>[^`]+)```/.exec(page)?.groups?.['persona'] ?? '';
const { personas } = await loadPersonas();

describe('docs/personas.md', () => {
  it('names every persona, intent and placeholder', () => {
    for (const { id } of personas) expect(page).toContain(`| \`${id}\` |`);
    for (const name of INTENT_NAMES) expect(page).toContain(`\`${name}\``);
    for (const name of [...ALWAYS_KNOWN, ...SOMETIMES_KNOWN]) expect(page).toContain(`\`{${name}}\``);
  });

  it('shows every key of a persona', () => {
    const marla = parsePersona(example, { id: 'marla', path: 'marla.yaml' });
    const keys = Object.keys(marla).filter((key) => key !== 'id');
    expect(keys.filter((key) => !new RegExp(`^${key}:`, 'm').test(example))).toEqual([]);
    for (const key of ['intent', 'when', 'vague', 'action', 'emotion', 'openers', 'topic'])
      expect(example).toContain(`${key}: `);
  });

  it('shows a persona that works as it is explained', async () => {
    const marla = parsePersona(example, { id: 'marla', path: 'marla.yaml' });
    const book = createPersonaBook([marla, ...personas]);
    expect(book.find(4711)).toBe(marla);
    const provider = createOfflineMind(book);
    const turns: Turn[] = [];
    const say = async (message: string, reveals: readonly string[] = []) => {
      const line = {
        ...{ persona: marla, npcId: 4711, playerId: 1, message, player: null, location: null, options: [] },
        reveals,
        ...{ recollection: { ...NOTHING, turns: [...turns] }, language: 'en', maxCharacters: 400 },
      };
      const answer = await provider.speak(line, new AbortController().signal);
      turns.push({ said: message, answered: answer.text });
      return answer;
    };
    expect((await say('hello')).text).toBe('Come in! Hungry?');
    expect((await say('My name is Ana')).text).toBe('Ana! What a fine name to write on a bill.');
    expect((await say('hello')).text).toBe('Back again, Ana?');
    expect(await say('How much for the nicest room?')).toMatchObject({
      action: 'points upstairs',
      emotion: 'amused',
    });
    expect((await say('who sleeps in my room?')).text).toBe('What is behind my doors stays there.');
    expect((await say('where is the cellar key?')).text).toBe('I know my inn, not the world.');
    expect((await say('where is the cellar key?', ['cellar_key'])).text).toBe(
      'The key to the cellar hangs behind the third barrel.',
    );
    await say('I am level 7');
    expect((await say('where can I hunt?')).text).toBe('At level 7? By the south gate, dear.');
    expect((await say('Where is the castle?')).text).toBe('I know my inn, not the world.');
    expect(marla.greeting).toContain((await say('...')).text);
    const first = await say('you idiot');
    expect(first.emotion).toBe('annoyed');
    expect(first.text).toMatch(/^(Wash your mouth|I have mopped up)/);
    expect((await say('Where is the castle?')).text).toBe('After that tone: I know my inn, not the world.');
    expect(await say('you idiot')).toMatchObject({ text: 'Out!', emotion: 'angry' });
    expect(marla.canned_lines).toContain(cannedLine(marla, 1));
  });
});
