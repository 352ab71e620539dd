import { describe, expect, it } from 'vitest';
import { columns, cut, shown, widthOf, wrapped } from './columns.ts';

describe('columns', () => {
  const ALL = [
    { title: 'ID', align: 'right' },
    { title: 'NAME', least: 4 },
    { title: 'MAP', leaveOut: 1 },
  ] as const;
  const ROWS = [
    ['7', 'A long name', 'prontera'],
    ['12', '東京', 'x'],
  ];

  it('are as wide as what they hold', () => {
    expect(columns(ALL, ROWS, Number.POSITIVE_INFINITY)).toEqual([
      'ID  NAME         MAP',
      ' 7  A long name  prontera',
      '12  東京         x',
    ]);
  });

  it('are cut to the width, and left out where that is not enough', () => {
    expect(columns(ALL, ROWS, 22)[1]).toBe(' 7  A long …  prontera');
    expect(columns(ALL, ROWS, 12)).toEqual(['ID  NAME', ' 7  A long …', '12  東京']);
    for (const width of [8, 12, 18, 25, 40])
      for (const line of columns(ALL, ROWS, width)) expect(widthOf(line)).toBeLessThanOrEqual(width);
  });

  it('show nothing that a terminal would obey', () => {
    expect(shown('a\u001b[2Jb\u001b]0;title\u0007c\u202ed\re\u009bf')).toBe('abc d e');
    expect(columns([{ title: 'X' }], [['\u001b[31mred\u001b[0m\n']], 80)[1]).toBe('red');
  });

  it('count characters of East Asia as two columns, and marks as none', () => {
    expect([widthOf('abc'), widthOf('東京'), widthOf('e\u0301'), widthOf('🙂')]).toEqual([3, 4, 1, 2]);
    expect(cut('東京都', 5)).toBe('東京…');
    expect(cut('abc', 3)).toBe('abc');
  });
});

describe('wrapped', () => {
  it('breaks between words, with a margin, and keeps what is longer than a line', () => {
    expect(wrapped('one two three', 8, '  ')).toEqual(['  one', '  two', '  three']);
    expect(wrapped('one two three', 11, '  ')).toEqual(['  one two', '  three']);
    expect(wrapped('abcdefghij', 5, '')).toEqual(['abcdefghij']);
    expect(wrapped('', 5, '  ')).toEqual(['  ']);
  });
});
