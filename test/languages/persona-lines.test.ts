import { describe, expect, it } from 'vitest';
import { cleanModelAnswer } from '../../src/mind/answer/clean-model-answer.ts';
import { takesOtherName } from '../../src/mind/answer/name-check.ts';
import { createProfanityFilter } from '../../src/mind/answer/profanity.ts';
import { allPacks, packOf } from '../../src/mind/language/pack-book.ts';
import { loadPersonas } from '../../src/mind/persona/persona-book.ts';
import { ownNames } from '../../src/mind/persona/persona-names.ts';

describe('what personas say', async () => {
  const { personas } = await loadPersonas();
  const spoken = personas.filter(({ language }) => packOf(language) !== undefined);
  const filters = new Map(
    allPacks().map(({ code, profanity }) => [code, createProfanityFilter(profanity)] as const),
  );

  it.each(spoken.map((persona) => [persona.id, persona] as const))(
    'is cleaned as it is, and hidden in no part: %s',
    (_, persona) => {
      const { greeting, fallback, canned_lines, shouts, rules, forbidden_topics } = persona;
      const answers = [...rules, ...forbidden_topics].flatMap((one) => one.answers);
      const lines = [...greeting, ...fallback, ...canned_lines, ...shouts, ...answers].map((line) =>
        line.replace(/\{\w+\}/g, 'Payon'),
      );
      const isPlain = (line: string) => !/[([{（［*<|^]/.test(line);
      const plain = lines.filter(isPlain);
      expect(plain.filter((line) => cleanModelAnswer(line) !== line)).toEqual([]);
      expect(lines.filter((line) => takesOtherName(line, ownNames(persona)))).toEqual([]);
      const filter = filters.get(packOf(persona.language)?.code ?? '');
      expect(lines.filter((line) => filter?.(line) !== line)).toEqual([]);
    },
  );
});
