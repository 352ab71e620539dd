import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanAnswer, MAX_ANSWER_CHARACTERS } from './clean-answer.ts';

describe('cleanAnswer', () => {
  it('takes colour codes out, also those that appear when another is taken out', () => {
    expect(cleanAnswer('^FF0000Red^000000 and ^00^ff0000ff00blue')).toBe('Red and 00ff00blue');
  });

  it('makes one line without control, zero-width and bidirectional characters', () => {
    expect(cleanAnswer(' a\r\nb\tc\u0000d\u200be\u202ef\u2028g ')).toBe('a b c d e f g');
  });

  it('leaves two accents on a letter, and no tower of them', () => {
    expect(cleanAnswer(`Vie\u0302\u0323t Ze\u0300\u0301\u0302\u0303\u0304n`)).toBe(
      'Vie\u0302\u0323t Ze\u0300\u0301n',
    );
  });

  it('ends a long answer at a sentence', () => {
    const text = cleanAnswer(`${'A sentence of words. '.repeat(30)}`);
    expect([...text].length).toBeLessThanOrEqual(MAX_ANSWER_CHARACTERS);
    expect(text.endsWith('words.')).toBe(true);
  });

  it('ends a long sentence at a word', () => {
    expect(cleanAnswer('word '.repeat(200))).toMatch(/word…$/);
  });

  it('never cuts an emoji in two', () => {
    const text = cleanAnswer('🙂'.repeat(500));
    expect(text).not.toMatch(/\p{Cs}/u);
    expect([...text]).toHaveLength(MAX_ANSWER_CHARACTERS);
  });

  it('gives clean text for any text, and the same again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        const clean = cleanAnswer(text);
        expect(clean).not.toMatch(/\p{C}|\^/u);
        expect([...clean].length).toBeLessThanOrEqual(MAX_ANSWER_CHARACTERS);
        expect(cleanAnswer(clean)).toBe(clean);
      }),
    );
  });
});
