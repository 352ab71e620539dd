import { describe, expect, it } from 'vitest';
import { cleanModelAnswer } from '../../src/mind/answer/clean-model-answer.ts';
import { takesOtherName } from '../../src/mind/answer/name-check.ts';
import { createProfanityFilter } from '../../src/mind/answer/profanity.ts';
import { packCodes, packOf } from '../../src/mind/language/pack-book.ts';
import { loadPersonas } from '../../src/mind/persona/persona-book.ts';
import { ownNames } from '../../src/mind/persona/persona-names.ts';

/** English ones are tried in src/mind/persona. */
const { personas, find } = await loadPersonas();
const codes = packCodes().filter((code) => code !== 'en');
const spoken = codes.flatMap((code) => [...personas.map(({ id }) => id), null].map((id) => find(id, code)));
const others = [...new Map(spoken.map((persona) => [persona.id, persona])).values()].filter(
  ({ language }) => language !== 'en',
);

/** With a name in each place; what authors put between marks may be a gesture, and goes. */
function linesOf(persona: (typeof personas)[number]) {
  const { greeting, fallback, canned_lines, shouts, rules, forbidden_topics, name, role, place } = persona;
  const own = new Map(Object.entries({ name, role, place }));
  const answers = [...rules, ...forbidden_topics].flatMap((one) => one.answers);
  return [...greeting, ...fallback, ...canned_lines, ...shouts, ...answers]
    .map((line) => line.replace(/\{(\w+)\}/g, (_, key: string) => own.get(key) ?? 'Payon'))
    .filter((line) => !/[([（［*<^]/.test(line));
}

it('there are personas in every language that is played', () => {
  expect(codes.filter((code) => !others.some(({ language }) => language === code))).toEqual([]);
});

describe.each(others.map((persona) => [persona.id, persona] as const))('the lines of %s', (_, persona) => {
  const lines = linesOf(persona);

  it('are cleaned as they are, but for a rare one that begins as a play does: "Noted: Payon"', () => {
    const changed = lines.filter((line) => cleanModelAnswer(line) !== line);
    expect(changed.filter((line) => !/^[\p{L}\p{M} ]{1,40}[:：]/u.test(line))).toEqual([]);
    expect(changed.length, changed.join('\n')).toBeLessThanOrEqual(Math.max(1, lines.length * 0.02));
    expect(lines.filter((line) => cleanModelAnswer(line) === '')).toEqual([]);
  });

  it('take no other name', () => {
    expect(lines.filter((line) => takesOtherName(line, ownNames(persona)))).toEqual([]);
  });

  it('have nothing that the list of their language would hide', () => {
    const filter = createProfanityFilter(packOf(persona.language)?.profanity ?? []);
    expect(lines.filter((line) => filter(line) !== line)).toEqual([]);
  });
});
