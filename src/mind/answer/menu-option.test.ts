import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_MENU_OPTION, toMenu, toMenuOption } from './menu-option.ts';

const UNFIT = /[:|^<>{}]|\p{C}|^\s|\s$|\s\s|^$/u;
const parts = [
  ':',
  '|',
  '^FF0000',
  '<ITEM>',
  '</URL>',
  '안',
  '😀',
  'a',
  ' ',
  '：',
  '\0',
  '\u202e',
  '- ',
  '1. ',
];
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.constantFrom(...parts), { maxLength: 80 }).map((some) => some.join('')),
);

describe('toMenuOption', () => {
  it.each([
    ['Where is the castle?', 'Where is the castle?'],
    ['Yes: of course', 'Yes of course'],
    ['1. Buy', 'Buy'],
    ['- ^FF0000Sell^000000', 'Sell'],
    ['  two\nlines ', 'two lines'],
    ['...', ''],
    ['::', ''],
    ['', ''],
  ])('%j is %j', (text, option) => {
    expect(toMenuOption(text)).toBe(option);
  });

  it('cuts a long one at a word, with dots', () => {
    const cut = toMenuOption('Tell me all that you know of the old king who built the castle');
    expect(cut).toBe('Tell me all that you know of the old king who...');
  });

  it('cuts by bytes where characters have many of them', () => {
    const cut = toMenuOption('안녕하세요'.repeat(10));
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(MAX_MENU_OPTION.bytes);
    expect(cut).toMatch(/^안녕하세요.*\.\.\.$/u);
  });

  it('gives of any text an option that a menu takes as it is, and that stays as it is', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const option = toMenuOption(text);
        if (option === '') return;
        expect(option).not.toMatch(UNFIT);
        expect([...option].length).toBeLessThanOrEqual(MAX_MENU_OPTION.characters);
        expect(Buffer.byteLength(option)).toBeLessThanOrEqual(MAX_MENU_OPTION.bytes);
        expect(toMenuOption(option)).toBe(option);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes a megabyte, too', () => {
    expect(toMenuOption(':^<'.repeat(350_000))).toBe('');
    expect(toMenuOption('word '.repeat(200_000)).length).toBeLessThanOrEqual(MAX_MENU_OPTION.characters);
  });
});

describe('toMenu', () => {
  it('takes different ones, the first so many', () => {
    expect(toMenu(['Yes', 'yes!', '', 'No', ':', 'Maybe'], 2)).toEqual(['Yes', 'No']);
  });

  it('has no two that a player would take for one, and never an empty one', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 12 }), (texts) => {
        const menu = toMenu(texts, 8);
        expect(menu.length).toBeLessThanOrEqual(8);
        expect(new Set(menu).size).toBe(menu.length);
        for (const option of menu) expect(option).not.toMatch(UNFIT);
      }),
    );
  });
});
