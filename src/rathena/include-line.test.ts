import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addLine,
  definedCommands,
  endsALine,
  findInclude,
  hasDefine,
  includeLine,
  removeLine,
} from './include-line.ts';

const FILE = 'script_ai_ipc.cpp';
const LINE = includeLine(FILE);

describe('addLine', () => {
  it.each([
    ['a line end', 'a\nb\n', `a\nb\n${LINE}\n`],
    ['no last line end', 'a\nb', `a\nb\n${LINE}\n`],
    ['CRLF', 'a\r\nb\r\n', `a\r\nb\r\n${LINE}\r\n`],
    ['CRLF and no last line end', 'a\r\nb', `a\r\nb\r\n${LINE}\r\n`],
    ['nothing at all', '', `${LINE}\n`],
    ['one line without an end', 'a', `a\n${LINE}\n`],
  ])('a file with %s', (_, before, after) => {
    expect(addLine(before, LINE)).toBe(after);
  });

  it('and removeLine is the way back, whatever the file has in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r\n', '\r', '/', '\xe9') }), (text) => {
        expect(removeLine(addLine(text, LINE), LINE, !endsALine(text))).toBe(text);
      }),
    );
  });
});

describe('removeLine', () => {
  it('leaves what others have added behind', () => {
    expect(removeLine(`a\n${LINE}\nb\n`, LINE, true)).toBe('a\nb\n');
    expect(removeLine(`a\n${LINE}\nb`, LINE, false)).toBe('a\nb');
  });

  it('takes every copy, and no line that only looks like it', () => {
    const other = `//${LINE}\n/*\n${LINE}\n*/\n${LINE} // mine\n`;
    expect(removeLine(`${LINE}\r\n${other}${LINE} \t\n`, LINE, false)).toBe(other);
  });
});

describe('findInclude', () => {
  it.each([
    [LINE, 1],
    [`a\r\n\r\n  #  include\t"${FILE}" // ours\r\n`, 3],
    [`#include "./${FILE}"`, 1],
    [`#include "../custom/${FILE}"`, 1],
    [`"//" \n${LINE}`, 2],
    [`//${LINE}`, 0],
    [`// a\n/* b\n${LINE}\n*/`, 0],
    [`"${LINE}`, 0],
    [`#include "other/${FILE}"`, 0],
    ['#include "script_ai_ipcxcpp"', 0],
    ['', 0],
  ])('%j: line %i', (text, line) => {
    expect(findInclude(text, FILE)).toBe(line);
  });
});

it('definedCommands names commands with their lines, and none in comments', () => {
  const text =
    '//BUILDIN_FUNC(a)\nBUILDIN_FUNC(b)\n{ "BUILDIN_FUNC(c)" }\r\n/* BUILDIN_DEF(d,"") */ BUILDIN_DEF( e , "s?"),\nBUILDIN_DEF2(f,"g","i"),\n#ifndef NO_H\nBUILDIN_DEF(h,""),\n#endif\nBUILDIN_DEF(i,""),';
  expect(definedCommands(text)).toEqual([
    { name: 'b', line: 2 },
    { name: 'c', line: 3 },
    { name: 'e', line: 4 },
    { name: 'g', line: 5 },
    { name: 'h', line: 7, unless: 'NO_H' },
    { name: 'i', line: 9 },
  ]);
});

it('hasDefine finds a word that is defined, and none in comments', () => {
  const text = '//#define A\n  # define\tB 1\n#define CC\n';
  expect(['A', 'B', 'C', 'CC'].filter((word) => hasDefine(text, word))).toEqual(['B', 'CC']);
});
