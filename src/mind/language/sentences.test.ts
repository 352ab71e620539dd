import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAtSentence, dropUnfinished, splitSentences } from './sentences.ts';

describe('splitSentences', () => {
  it.each([
    ['One. Two! Three?', ['One. ', 'Two! ', 'Three?']],
    ['He said "Go." Then he left', ['He said "Go." ', 'Then he left']],
    ['Ask Mr. Smith. He costs 3.5 zeny.', ['Ask Mr. Smith. ', 'He costs 3.5 zeny.']],
    ['こんにちは。元気ですか？', ['こんにちは。', '元気ですか？']],
    ['次は｡終わり', ['次は｡', '終わり']],
    ['我想⋯⋯那好。', ['我想⋯⋯', '那好。']],
    ['「行け。」と言った。', ['「行け。」', 'と言った。']],
    ['안녕!반갑다.', ['안녕!', '반갑다.']],
    ['สวัสดีครับ วันนี้ดี ต่าง ๆ ราคา 500 เซนี', ['สวัสดีครับ ', 'วันนี้ดี ต่าง ๆ ราคา 500 เซนี']],
    ['« Bonjour. » Il part. « Oui. », dit-il.', ['« Bonjour. » ', 'Il part. ', '« Oui. », dit-il.']],
    ['„Halt!“ Er steht z. B. auf S. 12. Gut.', ['„Halt!“ ', 'Er steht z. B. auf S. 12. ', 'Gut.']],
    ['Маг, т. е. мудрец. Это я. Иди.', ['Маг, т. е. мудрец. ', 'Это я. ', 'Иди.']],
    ['Nr. 5 ist da. No. Five.', ['Nr. 5 ist da. ', 'No. ', 'Five.']],
    ['', []],
  ])('%j', (text, sentences) => {
    expect(splitSentences(text)).toEqual(sentences);
  });

  it('leaves a hesitation within its sentence where that is asked', () => {
    const options = { isHesitationInside: true };
    expect(splitSentences('私の名前は……太郎です。うん。', options)).toEqual([
      '私の名前は……太郎です。',
      'うん。',
    ]);
    expect(splitSentences('My name is… Bob. Yes.', options)).toEqual(['My name is… Bob. ', 'Yes.']);
  });

  it('loses nothing of any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => splitSentences(text).join('') === text));
  });
});

describe('cutAtSentence', () => {
  it('leaves a text that fits as it is', () => {
    expect(cutAtSentence('No end', 6)).toBe('No end');
  });

  it('ends at the last sentence that fits', () => {
    const text = 'The road north is long. The road south is longer. And the sea is wet.';
    expect(cutAtSentence(text, 60)).toBe('The road north is long. The road south is longer.');
    expect(cutAtSentence(text, 49)).toBe('The road north is long. The road south is longer.');
    expect(cutAtSentence(text, 48)).toBe('The road north is long.');
  });

  it('keeps the quote that closes behind the stop', () => {
    expect(cutAtSentence('He only said "come in." And so I did, at once.', 30)).toBe(
      'He only said "come in."',
    );
  });

  it('does not end at an exclamation of a word when a long sentence follows', () => {
    expect(cutAtSentence(`Ah! ${'word '.repeat(50)}`, 100)).toMatch(/^Ah! word .*word…$/);
  });

  it('ends a sentence that does not fit at a word, and a word that does not fit anywhere', () => {
    expect(cutAtSentence('aaaa bbbb cccc', 12)).toBe('aaaa bbbb…');
    expect(cutAtSentence('a'.repeat(20), 5)).toBe('aaaa…');
  });

  it('never parts a letter from its accents', () => {
    expect(cutAtSentence(`aaae\u0301${'b'.repeat(9)}`, 5)).toBe('aaa…');
  });

  it('keeps to the limit with any text, with its beginning', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc
        .array(fc.constantFrom('word', '. ', '! ', '。', ' ', '🙂', '"'), { maxLength: 100 })
        .map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 120 }), (whole, limit) => {
        const cut = cutAtSentence(whole, limit);
        expect([...cut].length).toBeLessThanOrEqual(limit);
        expect(whole.startsWith(cut.replace(/…$/, ''))).toBe(true);
      }),
    );
  });
});

describe('dropUnfinished', () => {
  it.each([
    ['The road north is long. The road so', 'The road north is long.'],
    ['The road north is long.', 'The road north is long.'],
    ['The road north is', 'The road north is…'],
    ['こんにちは。今日は', 'こんにちは。'],
    ['はい。それは', 'はい。それは…'],
    ['어서 오세요. 오늘은', '어서 오세요.'],
    ['ยินดีต้อนรับ! น้ำพุอยู่ตรงกลาง', 'ยินดีต้อนรับ!'],
    ['ยินดีต้อนรับนะครับ น้ำพุอยู่ตรงกลาง', 'ยินดีต้อนรับนะครับ'],
    ['วันนี้อากาศดีมาก เราจะไปที่ข', 'วันนี้อากาศดีมาก'],
    ['Der Turm steht im Norden, z. B. auf S. 12. Geh z. B', 'Der Turm steht im Norden, z. B. auf S. 12.'],
  ])('%j', (text, expected) => {
    expect(dropUnfinished(text)).toBe(expected);
  });
});
