import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ANY_TEXT, createGameText } from '../../game-text/game-text.ts';
import { loadPersonas } from '../../mind/persona/persona-book.ts';
import { toShownAction, toShownLine } from './shown-line.ts';

const personas = await loadPersonas();
const persona = personas.find('sage-of-prontera');
const thai = await createGameText('tis620');
const maxCharacters = 40;

it('a line is folded for the clients', () => {
  expect(toShownLine('“Hm…” 😀', { persona, gameText: thai, maxCharacters })).toBe('"Hm..."');
});

it('clients of UTF-8 show every line as it is', () => {
  expect(toShownLine('“Hm…” 😀 안녕', { persona, gameText: ANY_TEXT, maxCharacters })).toBe('“Hm…” 😀 안녕');
});

it("a line in letters that the clients lack is one of the persona's canned lines", () => {
  const shown = toShownLine('안녕하세요!', { persona, gameText: thai, maxCharacters: 400 });
  expect(persona.canned_lines.map(thai)).toContain(shown);
});

it('where not even that has a letter of theirs, the NPC is speechless', () => {
  const korean = { ...persona, canned_lines: ['잠시만요!'], fallback: ['네?'] };
  expect(toShownLine('안녕하세요!', { persona: korean, gameText: thai, maxCharacters })).toBe('...');
});

it('a line that grows by folding keeps within its characters, also where its cut grows again', () => {
  const parts = fc.constantFrom('word ', '… ', '½', 'Ǽ', '. ', '😀', '한', '“');
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 40 }), (all) => {
      const shown = toShownLine(all.join(''), { persona, gameText: thai, maxCharacters });
      expect(shown.length).toBeLessThanOrEqual(maxCharacters);
      expect(shown).toMatch(/^[ -~]+$/);
    }),
  );
});

it('what becomes of signs in the folding is cleaned again: no colour code is made', () => {
  const shown = toShownLine('＾FF0000 Hm, ^００FF00 hm', { persona, gameText: thai, maxCharacters });
  expect(shown).not.toContain('^');
});

it('an action of emoji alone is none', () => {
  expect(toShownAction('🎉', thai)).toBe('');
  expect(toShownAction('waves — “bye” 👋', thai)).toBe('waves - "bye"');
});
