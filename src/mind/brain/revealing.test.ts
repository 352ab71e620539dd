import { describe, expect, it } from 'vitest';
import { loadPersonas } from '../persona/persona-book.ts';
import { parsePersona } from '../persona/persona-yaml.ts';
import type { PlayerLine } from '../talk/mind.ts';
import { NOTHING, type Turn } from '../talk/recollection.ts';
import { createOfflineMind } from './offline-mind.ts';

const KEY = 'The key to the cellar hangs behind the third barrel.';
const SONG = 'Her sister sang at the royal wedding.';
const marla = parsePersona(
  `
name: Marla
role: innkeeper
place: Prontera
language: en
reveals:
  - { name: cellar_key, text: "${KEY}", patterns: ["(key|cellar)"] }
  - { name: sister, text: "${SONG}" }
greeting: ["Hm?"]
forbidden_topics:
  - { topic: the cellar, patterns: ["cellar"], answers: ["Nobody goes down there."] }
rules:
  - { name: room, patterns: ["(room|bed)"], answers: ["A bed is 500 zeny."] }
  - { name: wedding, patterns: ["wedding"], answers: ["I love weddings."] }
  - { intent: insult, answers: ["Wash your mouth."] }
fallback: ["I was counting mugs."]
`,
  { id: 'marla', path: 'marla.yaml' },
);
const mind = createOfflineMind(await loadPersonas());

function lineOf(message: string, reveals?: readonly string[], turns: readonly Turn[] = []): PlayerLine {
  return {
    ...{ persona: marla, npcId: 'marla', playerId: 1, message, player: null, location: null, options: [] },
    ...{ recollection: { ...NOTHING, turns }, language: 'en', maxCharacters: 400 },
    ...(reveals === undefined ? {} : { reveals }),
  };
}

async function say(...given: Parameters<typeof lineOf>): Promise<string> {
  return (await mind.speak(lineOf(...given), new AbortController().signal)).text;
}

describe('what a persona reveals, offline', () => {
  it('is said where the game has unlocked it, before a forbidden topic of the same words', async () => {
    expect(await say('Where is the key to the cellar?')).toBe('Nobody goes down there.');
    expect(await say('Where is the key to the cellar?', ['cellar_key'])).toBe(KEY);
    expect(await say('Where is the key to the cellar?', ['sister'])).toBe('Nobody goes down there.');
  });

  it('is said again to who asks again', async () => {
    const turns = [{ said: 'Where is the key?', answered: KEY }];
    expect(await say('The key, where was it?', ['cellar_key'], turns)).toBe(KEY);
  });

  it('without patterns is said where the message is about it, once before the rules', async () => {
    const turns = [{ said: 'Who sang at the wedding?', answered: SONG }];
    expect(await say('Who sang at the wedding?')).toBe('I love weddings.');
    expect(await say('Who sang at the wedding?', ['sister'])).toBe(SONG);
    expect(await say('Was it a wedding?', ['sister'], turns)).toBe('I love weddings.');
    expect(await say('And your sister?', ['sister'], turns)).toBe(SONG);
  });

  it('is not said to what is about something else, nor to an insult', async () => {
    const both = ['cellar_key', 'sister'];
    expect(await say('Do you have a bed?', both)).toBe('A bed is 500 zeny.');
    expect(await say('Your sister is stupid, you idiot', both)).toBe('Wash your mouth.');
    expect(await say('Xyzzy', both)).toBe('I was counting mugs.');
  });

  it('is told by explain', () => {
    expect(mind.explain(lineOf('Where is the key?', ['cellar_key']))).toBe('reveal cellar_key');
    expect(mind.explain(lineOf('Where is the key?'))).toBe('fallback');
  });

  it('is in no shout, menu or scene', async () => {
    const { signal } = new AbortController();
    const speakers = { persona: marla, npcId: 'marla', playerId: null };
    const cue = { ...speakers, topic: 'the key to the cellar', location: null, facts: [] };
    const shouted = await mind.shout({ ...cue, language: 'en', maxCharacters: 150 }, signal);
    const { options: _, maxCharacters: __, ...line } = lineOf('The cellar key?');
    const offered = await mind.offer({ ...line, most: 8 }, signal);
    expect([shouted.text, ...offered.options].filter((text) => text.includes('barrel'))).toEqual([]);
  });
});
