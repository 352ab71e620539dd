import { describe, expect, it } from 'vitest';
import { cleanModelAnswer } from '../answer/clean-model-answer.ts';
import { createLeakCheck } from '../answer/leak-check.ts';
import { takesOtherName } from '../answer/name-check.ts';
import { speakPrompt } from '../model/prompt.ts';
import { NOTHING } from '../talk/recollection.ts';
import { loadPersonas } from './persona-book.ts';
import { givenNames, ownNames } from './persona-names.ts';
import { fillLine, placeholdersOf } from './placeholders.ts';

const { personas, find } = await loadPersonas();

/** What authors have NPCs say is what a model should be allowed to say: none of it may be taken for an attack. */
describe.each(personas.map((persona) => [persona.id, persona] as const))('the lines of %s', (_, persona) => {
  const values = new Map(
    [...personas.flatMap(linesOf).flatMap(placeholdersOf)].map((name) => [name, 'Payon']),
  );
  const lines = linesOf(persona).map((line) => {
    const own = new Map([
      ...values,
      ['name', persona.name],
      ['role', persona.role],
      ['place', persona.place],
    ]);
    return fillLine(line, own, persona.language) ?? line;
  });
  const leaks = createLeakCheck(
    speakPrompt({
      ...{ persona, npcId: null, playerId: null, message: '', recollection: NOTHING, player: null },
      ...{ location: null, options: [], language: persona.language, maxCharacters: 400 },
    }).secret,
  );

  it('take no other name', () => {
    expect(lines.filter((line) => takesOtherName(line, ownNames(persona)))).toEqual([]);
  });

  it('read out nothing of the prompt', () => {
    expect(lines.filter(leaks)).toEqual([]);
  });

  it('pass the cleaning, but for stage directions', () => {
    const changed = lines.filter((line) => cleanModelAnswer(line) !== line && !/[([*]/.test(line));
    expect(changed.length / lines.length).toBeLessThan(0.01);
    expect(lines.filter((line) => cleanModelAnswer(line) === '')).toEqual([]);
  });
});

describe('givenNames', () => {
  it('finds what an NPC calls itself in its own lines', () => {
    const persona = {
      ...find(null),
      greeting: ['I am Lenore. {word}?', 'Call me Lenore, or call me crazy.'],
    };
    expect(givenNames(persona)).toEqual(['Lenore']);
    expect(takesOtherName('My name is Lenore.', ownNames(persona))).toBe(false);
  });

  it('finds none in most', () => {
    expect(givenNames(find(null))).toEqual([]);
  });
});

function linesOf({
  greeting,
  fallback,
  canned_lines,
  rules,
  forbidden_topics,
}: (typeof personas)[number]): string[] {
  return [
    ...greeting,
    ...fallback,
    ...canned_lines,
    ...[...rules, ...forbidden_topics].flatMap((one) => one.answers),
  ];
}
