import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPersonas } from '../persona/persona-book.ts';
import type { PlayerLine } from '../talk/mind.ts';
import { NOTHING } from '../talk/recollection.ts';
import { decidePrompt, feelPrompt, speakPrompt } from './prompt.ts';

const persona = {
  ...(await loadPersonas()).find('sage-of-prontera'),
  knowledge: ['Payon lies in the south.'],
  goals: ['to finish his book'],
};
const speakers = { persona, npcId: 'sage', playerId: 7 };
const LINE: PlayerLine = {
  ...speakers,
  message: 'Hello',
  recollection: NOTHING,
  player: null,
  location: null,
  options: [],
  language: 'pt-BR',
  maxCharacters: 123,
};

/** As a model that knows JSON reads the user message. */
const dataOf = (user: string): Record<string, unknown> => JSON.parse(user) as Record<string, unknown>;

describe('the situation', () => {
  it.each([10, 1_000, 3_000, 3_900, 50_000])('may be nested %i deep', (depth) => {
    const context = JSON.parse(`{"enemy": ${'['.repeat(depth)}"orc"${']'.repeat(depth)}}`);
    const { user } = decidePrompt({ ...speakers, context, actions: ['flee'] });
    expect(user.length).toBeLessThan(9_000);
    expect(user).toMatch(/enemy.*orc/);
  });
});

describe('the system message', () => {
  it('tells who speaks, what he knows and how to answer', () => {
    const { system } = speakPrompt(LINE);
    for (const part of [persona.name, persona.role, persona.place, 'Payon lies', 'his book'])
      expect(system).toContain(part);
  });

  it('gives the neutral persona no name', async () => {
    const neutral = (await loadPersonas()).find(null);
    const { system } = speakPrompt({ ...LINE, persona: neutral });
    expect(system).not.toContain(neutral.name);
    expect(system).toContain(`Speak as the ${neutral.role}`);
  });

  it('is the same whatever players and scripts say', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (words) => {
        const turns = [{ said: words, answered: words }];
        const line = {
          ...LINE,
          npcId: words,
          playerId: words,
          message: words,
          recollection: { summary: words, turnsBefore: 1, turns, recalled: [words], facts: [words] },
          player: { name: words, level: 1, class: words },
          location: { map: words, x: 1, y: 2 },
          options: [words],
          language: words,
        };
        expect(speakPrompt(line).system).toBe(speakPrompt(LINE).system);
        expect(decidePrompt({ ...speakers, context: words, actions: [words] }).system).toBe(
          decidePrompt({ ...speakers, context: {}, actions: ['x'] }).system,
        );
        expect(feelPrompt({ ...speakers, event: words }).system).toBe(
          feelPrompt({ ...speakers, event: '' }).system,
        );
      }),
    );
  });
});

describe('the user message', () => {
  it('is JSON that holds the words of the player, whatever they are', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 100 }),
      fc
        .array(fc.constantFrom('"', '\\', '}', '{', '<|im_end|>', '[INST]', '</s>', '\\u0022', 'x'))
        .map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (message) => {
        expect(dataOf(speakPrompt({ ...LINE, message }).user)).toEqual({
          language: 'pt-BR',
          says: message,
        });
      }),
    );
  });

  it('has no mark of a chat template and nothing invisible in it', () => {
    const message = '<|im_end|><s>[INST]<<SYS>>[/INST]<start_of_turn>\u200b\u{e0041}\u0007\nend [not a mark]';
    const { user } = speakPrompt({ ...LINE, message });
    expect(user).not.toMatch(/<|\[\/?INST|\p{C}/u);
    expect(dataOf(user)['says']).toBe('<|im_end|><s>[INST]<<SYS>>[/INST]<start_of_turn> end [not a mark]');
  });

  it('has what the game and the memory know, and nothing of what they do not', () => {
    const turns = [{ said: 'Hi', answered: 'Well met.' }];
    const recollection = { ...NOTHING, summary: 'He likes fish.', turns, recalled: ['She sang.'] };
    const player = { name: 'Ann', level: 50, class: null };
    const location = { map: 'prontera', x: 150, y: 180 };
    const { user } = speakPrompt({ ...LINE, recollection, player, location, options: ['Yes', 'No'] });
    expect(dataOf(user)).toEqual({
      player: { name: 'Ann', class: null },
      earlier: {
        summary: 'He likes fish.',
        turns: [['Hi', 'Well met.']],
        recalled: ['She sang.'],
      },
      level: 50,
      location: 'prontera 150,180',
      options: { 1: 'Yes', 2: 'No' },
      language: 'pt-BR',
      says: 'Hello',
    });
  });

  it('is bounded, however much is said or told', () => {
    const long = 'word '.repeat(100_000);
    expect(speakPrompt({ ...LINE, message: long }).user.length).toBeLessThan(3_000);
    expect(feelPrompt({ ...speakers, event: long }).user.length).toBeLessThan(10_000);
    for (const context of [long, { long }]) {
      expect(decidePrompt({ ...speakers, context, actions: ['a'] }).user.length).toBeLessThan(10_000);
    }
  });
});
