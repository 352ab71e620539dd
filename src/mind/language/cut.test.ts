import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import { cutAtWord, headOf } from './cut.ts';

const THAI = 'ผู้เฒ่าในหมู่บ้านเล่าให้ฟังว่ามีน้ำพุอยู่ตรงกลางเมือง';
const JAPANESE = '賢者はプロンテラの図書館で長いあいだ魔法を研究している';
/** A mark, or a vowel that is spoken behind the consonant before it. */
const BELONGS_BEFORE = /^[\p{M}\u0e33]/u;
const BELONGS_BEHIND = /[\u0e40-\u0e44]…$/u;

describe('cutAtWord', () => {
  it('leaves a text that fits as it is', () => {
    expect(cutAtWord('two words', 9)).toBe('two words');
  });

  it('cuts at a blank, or within a word that is longer than half', () => {
    expect(cutAtWord('one two three', 10)).toBe('one two…');
    expect(cutAtWord('Donaudampfschiff', 6)).toBe('Donau…');
    expect(cutAtWord('one two three', 10, '')).toBe('one two');
  });

  it.each([
    ['Thai', THAI],
    ['Japanese', JAPANESE],
  ])('cuts %s at words and never before a mark', (_, text) => {
    const words = new Set(
      [...new Intl.Segmenter('und', { granularity: 'word' }).segment(text)].map(({ index }) => index),
    );
    for (let limit = 2; limit < [...text].length; limit += 1) {
      const cut = cutAtWord(text, limit);
      const kept = cut.slice(0, -1);
      expect([...cut].length).toBeLessThanOrEqual(limit);
      expect(text.startsWith(kept)).toBe(true);
      expect(text.slice(kept.length)).not.toMatch(BELONGS_BEFORE);
      expect(cut).not.toMatch(BELONGS_BEHIND);
      // The first word may be longer than the limit.
      if (limit > 12) expect(words.has(kept.length), cut).toBe(true);
    }
  });

  it('keeps to the limit with any text, with its beginning and no half of a code point', () => {
    const pieces = fc.constantFrom('ที่', 'ำ', 'เ', '賢', 'が', 'ᄀ', '🙂', '🇩🇪', ' ', 'word', 'e\u0301', '、');
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.array(pieces, { maxLength: 200 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 100 }), (whole, limit) => {
        for (const cut of [cutAtWord(whole, limit), headOf(whole, limit)]) {
          expect([...cut].length).toBeLessThanOrEqual(limit);
          expect(whole.startsWith(cut.replace(/…$/u, ''))).toBe(true);
          expect(cut).not.toMatch(/\p{Cs}/u);
        }
      }),
    );
  });

  it.each(['ᄀ', 'ก', '賢', 'e\u0301', '🇩🇪', 'เ', ' ', '\u0301'])(
    'takes no time for 8,000 of %j',
    async (piece) => {
      const text = piece.repeat(8_000);
      const cpuMs = await cpuMsOf(() => {
        for (let limit = 100; limit < 8_000; limit += 100) cutAtWord(text, limit);
      });
      expect(cpuMs).toBeLessThan(1_000);
    },
  );
});
