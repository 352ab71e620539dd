import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import { createProfanityFilter, NO_FILTER } from './profanity.ts';

describe('createProfanityFilter', () => {
  const filter = createProfanityFilter(['damn', 'bloody*', 'Höllen', '', '*']);

  it.each([
    ['Damn, that hurt.', 'D***, that hurt.'],
    ['A bloodything of a DÁMN day.', 'A b********** of a D*** day.'],
    ['hollen und Höllen', 'h***** und H*****'],
    ['The damned and the dam stay.', 'The damned and the dam stay.'],
    ['', ''],
  ])('%j', (text, shown) => {
    expect(filter(text)).toBe(shown);
  });

  describe('by script', () => {
    const words = [
      'scheiß*',
      'ano',
      'sale',
      'cuzão',
      'coño',
      '*ไอ้สัตว์*',
      'ส้น*',
      'ばか',
      '*馬鹿野郎*',
      '바보',
      '*씨발*',
      '*fuck*',
    ];
    const hide = createProfanityFilter(words);

    it.each([
      ['So ein Scheisse, scheiße!', 'So ein S*******, s******!'],
      ['Seu cuzao e cuzão.', 'Seu c**** e c****.'],
      ['você é um ANO, anó e año', 'você é um A**, anó e año'],
      ['Elle a salé la sale soupe.', 'Elle a salé la s*** soupe.'],
      ['El cono del coño.', 'El cono del c***.'],
      ['motherfucker', 'm***********'],
      ['ไปเลยไอ้สัตว์บ้า', 'ไปเลยไ****บ้า'],
      ['ฉันสนใจเรื่องนี้', 'ฉันสนใจเรื่องนี้'],
      ['お前はばか。', 'お前はば*。'],
      ['はかない夢と朝ばかり', 'はかない夢と朝ばかり'],
      ['この馬鹿野郎め', 'この馬***め'],
      ['바보는 누구? 바보야!', '바** 누구? 바**!'],
      ['이씨발놈', '이***'],
      ['ｆｕｃｋ', 'ｆ***'],
    ])('%j', (text, shown) => {
      expect(hide(text)).toBe(shown);
    });

    it.each(['ก', '賢', '私は', 'ไอ้สัตว์', '馬鹿野郎', 'ば', 'ﾊﾞ', '씨', 'fuck', 'scheiß'])(
      'takes little time for 8,000 characters of %j',
      async (piece) => {
        const all = createProfanityFilter([
          ...words,
          ...Array.from({ length: 50 }, (_, at) => `*${'ก'.repeat(at + 3)}x*`),
        ]);
        const text = piece.repeat(8_000 / piece.length);
        // Half a second on a busy machine.
        expect(await cpuMsOf(() => all(text))).toBeLessThan(10_000);
      },
    );
  });

  it('lets everything pass without words', () => {
    expect(createProfanityFilter([])).toBe(NO_FILTER);
    expect(NO_FILTER('damn')).toBe('damn');
  });

  it('takes no longer with 100,000 beginnings of words', async () => {
    const long = createProfanityFilter(Array.from({ length: 100_000 }, (_, at) => `bad${at}*`));
    const cpuMs = await cpuMsOf(() => {
      for (let times = 0; times < 100; times++) long('How do I become a mage? '.repeat(16));
    });
    expect(cpuMs).toBeLessThan(1_000);
    expect(long('bad99999th')).toBe('b*********');
  });

  it('never lengthens a text nor makes it empty', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string({ minLength: 1 })), (text, words) => {
        const shown = createProfanityFilter(words)(text);
        expect(shown === '').toBe(text === '');
      }),
    );
  });
});
