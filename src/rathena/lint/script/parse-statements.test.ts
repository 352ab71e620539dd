import { describe, expect, it } from 'vitest';
import { readBlocks } from './blocks.ts';
import { Cursor } from './cursor.ts';
import { parseBody } from './parse-statements.ts';
import type { Statement } from './syntax.ts';
import { ScriptFault } from './tokens.ts';
import { callsIn } from './walk.ts';

function bodyOf(text: string): Statement[] {
  const [block] = readBlocks(`-\tscript\tx\t-1,{\n${text}\n}\n`);
  return parseBody(new Cursor(block?.tokens ?? [], block?.endLine ?? 0));
}

function callsOf(text: string): unknown[] {
  return callsIn(bodyOf(text)).map(({ name, values }) => [name, values.length]);
}

describe('headers', () => {
  it('of NPCs and functions are found among lines of other kinds', () => {
    const text = [
      '// prontera,1,1,4\tscript\tnot\t1,{',
      'prontera,0,0\tmonster\tPoring\t1002,10,5000',
      'prontera,155,180,5\tscript\tOne#a\t4_M_01,3,3,{ mes "}"; }',
      '/* -\tscript\tnot\t-1,{',
      '*/ -\tscript(DISABLED)\tTwo\t-1,{',
      '\tend; // }',
      '}',
      'function\tscript\tF_Three\t{ return; }\r',
      'prontera,156,180,5\tduplicate(One#a)\tFour\t4_M_01',
      'prontera\tmapflag\tpvp',
      '',
    ].join('\n');
    expect(readBlocks(text).map(({ kind, name, line, endLine }) => [kind, name, line, endLine])).toEqual([
      ['npc', 'One#a', 3, 3],
      ['npc', 'Two', 5, 7],
      ['function', 'F_Three', 8, 8],
    ]);
  });

  it('without their brace are told', () => {
    expect(() => readBlocks('\n-\tscript\tx\t-1\n{\nend;\n}\n')).toThrow(
      new ScriptFault('a script has no opening brace on the line of its header', 2),
    );
  });
});

describe('calls are read with their values', () => {
  it.each([
    ['mes "a", "b";', [['mes', 2]]],
    ['mes("a");', [['mes', 1]]],
    ['Mes ("a") + "b";', [['mes', 1]]],
    ['mes (1 + 2) * 3, 4;', [['mes', 2]]],
    ['close;', [['close', 0]]],
    ['callfunc "F_X", 1, 2;', [['F_X', 2]]],
    [
      '.@a$ = callfunc("F_X") + F_Y(1);',
      [
        ['F_X', 0],
        ['F_Y', 1],
      ],
    ],
    ['callfunc .@name$, 1;', [['callfunc', 2]]],
    [
      '.@a[rand(3)] += .@b++ ? f(1) : g();',
      [
        ['f', 1],
        ['rand', 1],
        ['g', 0],
      ],
    ],
    ['menu "A:B", L_A, "", -;', [['menu', 4]]],
    [
      'if (a(1)) && (b(2)) c;',
      [
        ['a', 1],
        ['b', 1],
        ['c', 0],
      ],
    ],
    [
      'for (.@i = 0; .@i < size(.@a); .@i++) { step .@i; }',
      [
        ['size', 1],
        ['step', 1],
      ],
    ],
    [
      'do { a; } while (b(1) == 2);',
      [
        ['b', 1],
        ['a', 0],
      ],
    ],
    [
      'switch (s(1)) { case 1: a; break; case -2: default: b; }',
      [
        ['s', 1],
        ['a', 0],
        ['b', 0],
      ],
    ],
    ["'x = .x + #y + ##z$ + $@w$ + 0x1F;", []],
    [
      'function f; function f { return getarg(0); } f(1);',
      [
        ['return', 1],
        ['getarg', 1],
        ['f', 1],
      ],
    ],
    ['L_A: goto L_A;', [['goto', 1]]],
  ])('%s', (text, calls) => {
    expect(callsOf(text).sort()).toEqual(calls.sort());
  });
});

describe('texts', () => {
  it.each([
    ['"a\\"b"', 'a"b'],
    ['"// no comment"', '// no comment'],
    ['"{ } ; \\\\"', '{ } ; \\'],
    // The second byte of a character of Japanese or Chinese clients.
    ['"\x95\\"', '\x95\\'],
  ])('%s', (text, value) => {
    expect(bodyOf(`mes ${text};`)).toMatchObject([{ value: { values: [{ kind: 'text', value }] } }]);
  });
});

describe('what the map server would not load is told with its line', () => {
  it.each([
    ['mes "a;', 2],
    ['mes "a"\nclose;', 3],
    ['.@a = ;', 2],
    ['if (1 {\n}', 2],
    ['do { a; } until (1);', 2],
    ['mes \xe4;', 2],
  ])('%s', (text, line) => {
    expect(() => bodyOf(text)).toThrow(expect.objectContaining({ name: 'ScriptFault', line }));
  });
});

describe('what no person writes is told, and ends nothing', () => {
  it.each([
    ['parentheses', `.@a = ${'('.repeat(50_000)}1${')'.repeat(50_000)};`, /nested more than/],
    ['blocks', `${'{'.repeat(50_000)}${'}'.repeat(50_000)}`, /nested more than/],
    ['ifs', `${'if (1) '.repeat(50_000)}end;`, /nested more than/],
    ['a sum', `.@a = 1${' + 1'.repeat(50_000)};`, /more than 4000 parts/],
  ])('%s', (_, text, message) => {
    expect(() => bodyOf(text)).toThrow(message);
  });

  it('a script that is one line of 2 MB is read', () => {
    expect(bodyOf('mes "a"; '.repeat(250_000))).toHaveLength(250_000);
  });
});
