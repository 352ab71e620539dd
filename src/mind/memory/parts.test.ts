import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MEMORY_LIMITS } from './memory-limits.ts';
import { partNumbersOf, partsOf } from './parts.ts';

const sharedOf = (one: string, other: string) => {
  const parts = new Set(partNumbersOf(one));
  return partNumbersOf(other).filter((part) => parts.has(part)).length;
};

describe('the parts of a line', () => {
  it.each([
    ['Two cats', ['two', 'cats'], ['^ca', 'cat', 'ats', 'ts$', 'two']],
    ['Ｈｅｙ IRMÃ', ['hey', 'irma'], ['^ir', 'irm', 'rma', 'ma$', 'hey']],
    ['я 7', ['я', '7'], []],
    ['대장장이는 뭐', ['대장', '장장', '장이', '이는', '뭐'], []],
    ['妹妹', ['妹妹', '妹'], []],
    ['鍛冶屋です', ['鍛冶', '冶屋', '屋で', 'です', '鍛', '冶', '屋'], []],
    ['ﾎﾟｰｼｮﾝ', ['ポー', 'ーシ', 'ショ', 'ョン'], []],
    ['น้องสาว', ['น้อง', 'สาว'], ['^น้', 'น้อ', '้อง', 'องส', 'งสา', 'สาว', 'าว$']],
    ['Miuが好き', ['miu', 'が好', '好き', '好'], ['miu']],
    ['?!… 🐉', [], []],
  ])('%j', (line, words, trigrams) => {
    expect(partsOf(line)).toEqual({ words, trigrams });
  });

  it.each([
    ['My sisters', 'sister'],
    ['minha irma', 'irmã'],
    ['내 여동생은', '여동생이'],
    ['妹がいる', '妹は'],
    ['น้องสาวผมอยู่', 'น้องสาว'],
    ['моя сестра', 'сестре'],
    ['Мина', 'Мину'],
  ])('of %j are shared by %j', (one, other) => {
    expect(sharedOf(one, other)).toBeGreaterThan(0);
  });

  it.each([
    ['มา', 'ม้า'],
    ['かき', 'かぎ'],
    ['강아지', '가'],
  ])('of %j are not shared by %j', (one, other) => {
    expect(sharedOf(one, other)).toBe(0);
  });

  it('tell a word from the middle of another one', () => {
    expect(partNumbersOf('the')[0]).not.toBe(
      partNumbersOf('xthex').find((part) => part === partNumbersOf('the')[0]),
    );
  });

  it('are numbers of 32 bits, each once, and the first ones where fewer are asked for', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 600 }),
        fc.integer({ min: 1, max: 90 }),
        (text, most) => {
          for (const parts of [partNumbersOf(text), partNumbersOf(text, most)]) {
            expect(new Set(parts).size).toBe(parts.length);
            for (const part of parts) expect(part).toBe(part >>> 0);
          }
          expect(partNumbersOf(text).length).toBeLessThanOrEqual(MEMORY_LIMITS.partsPerLine);
          expect(partNumbersOf(text, most)).toEqual(partNumbersOf(text).slice(0, most));
        },
      ),
    );
  });

  it('of a long question are its words, and the trigrams of the longest', () => {
    const words = Array.from({ length: 20 }, (_, at) => `word${at}`);
    const parts = new Set(partNumbersOf([...words, 'necromancer'].join(' '), 30));
    for (const word of words) expect(parts.has(partNumbersOf(word)[0]!)).toBe(true);
    expect(sharedOf([...words, 'necromancer'].join(' '), 'necromancer')).toBeGreaterThanOrEqual(10);
  });
});
