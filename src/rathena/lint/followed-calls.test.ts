import { describe, expect, it } from 'vitest';
import { faultsIn, findingsOf, functionOf, npcOf } from '../../../test/support/linted.ts';

/** An event that nobody waits for, of a text. */
const tell = (text: string) =>
  `callfunc "F_AI_Request", "event", "/api/v1/x", "{\\"words\\":\\"" + ${text} + "\\"}";`;
const ASK = '.@text$ = callfunc("F_AI_Ask", "Sage", "What is new?");';
const ESCAPED = (text: string) => `callfunc("F_AI_JsonEscape", ${text})`;

type Case = readonly [name: string, faults: readonly string[], script: string];

/** The first file is the NPC: its body begins in line 2. What follows is behind it. */
const CASES: readonly Case[] = [
  [
    'a function puts its argument into JSON',
    ['8 unescaped-json'],
    npcOf('input .@said$;', 'callfunc "F_Tell", .@said$;', 'end;', '// 5') +
      functionOf('F_Tell', tell('getarg(0)'), 'return;'),
  ],
  [
    'and escapes it',
    [],
    npcOf('input .@said$;', 'callfunc "F_Tell", .@said$;', 'end;') +
      functionOf('F_Tell', tell(ESCAPED('getarg(0)')), 'return;'),
  ],
  [
    'or is given what is escaped',
    [],
    npcOf('input .@said$;', `callfunc "F_Tell", ${ESCAPED('.@said$')};`, 'end;') +
      functionOf('F_Tell', tell('getarg(0)'), 'return;'),
  ],
  [
    'or is given words of the author',
    [],
    npcOf('callfunc "F_Tell", "the gate is open";', 'end;') +
      functionOf('F_Tell', tell('getarg(0)'), 'return;'),
  ],
  [
    'called without callfunc, by way of a variable of its own',
    ['8 unescaped-json'],
    npcOf('input .@said$;', 'F_Tell("x", .@said$);', 'end;') +
      functionOf('F_Tell', '.@words$ = getarg(1);', tell('.@words$'), 'return;'),
  ],
  [
    'of the second argument, where the first goes into JSON',
    [],
    npcOf('input .@said$;', 'callfunc "F_Tell", "a deed", .@said$;', 'mes .@said$;', 'close;') +
      functionOf('F_Tell', tell('getarg(0)'), 'mes getarg(1);', 'close;'),
  ],
  [
    'an argument that may be left out, with the name as default',
    ['7 unescaped-json'],
    npcOf('callfunc "F_Tell";', 'end;', '// 4') +
      functionOf('F_Tell', tell('getarg(0, strcharinfo(0))'), 'return;'),
  ],
  [
    'two functions deep',
    ['10 unescaped-json'],
    npcOf('input .@said$;', 'callfunc "F_Say", .@said$;', 'end;') +
      functionOf('F_Say', 'callfunc "F_Tell", "He said: " + getarg(0);') +
      functionOf('F_Tell', tell('getarg(0)'), 'return;'),
  ],
  [
    'a function that gives back what a player typed',
    ['2 unescaped-json'],
    npcOf(tell('callfunc("F_Asked")'), 'end;') + functionOf('F_Asked', 'input .@said$;', 'return .@said$;'),
  ],
  [
    'a function that gives back what it is given, shortened',
    ['3 unescaped-json'],
    npcOf('input .@said$;', tell('callfunc("F_Short", .@said$)'), 'end;') +
      functionOf('F_Short', 'return substr(getarg(0), 0, 20);'),
  ],
  [
    'the same function, of words of the author; what is typed is only shown',
    [],
    npcOf(
      'input .@said$;',
      tell('callfunc("F_Short", "A long story")'),
      'mes callfunc("F_Short", .@said$);',
      'close;',
    ) + functionOf('F_Short', 'return substr(getarg(0), 0, 20);'),
  ],
  [
    'a function that counts what it is given',
    [],
    npcOf('input .@said$;', tell('callfunc("F_Size", .@said$)'), 'end;') +
      functionOf('F_Size', 'return getstrlen(getarg(0));'),
  ],
  [
    'a function that makes the JSON',
    ['7 unescaped-json'],
    npcOf('input .@said$;', 'callfunc "F_AI_Request", "x", "/x", callfunc("F_Json", .@said$);', 'end;') +
      functionOf('F_Json', 'return "{\\"words\\":\\"" + getarg(0) + "\\"}";'),
  ],
  [
    'a function that asks with JSON of the caller',
    ['3 unescaped-json'],
    npcOf('input .@said$;', 'callfunc "F_Send", "{\\"words\\":\\"" + .@said$ + "\\"}";', 'end;') +
      functionOf('F_Send', 'ai_db_request("x", "/x", getarg(0));', 'return;'),
  ],
  [
    'a function that calls itself',
    ['8 unescaped-json'],
    npcOf('input .@said$;', 'callfunc "F_Tell", .@said$, 3;', 'end;') +
      functionOf(
        'F_Tell',
        'if (getarg(1) > 0) callfunc "F_Tell", getarg(0), getarg(1) - 1;',
        tell('getarg(0)'),
        'return;',
      ),
  ],
  [
    'a text that a function puts into its argument',
    ['3 unescaped-json'],
    npcOf('callfunc "F_Read", .@said$;', tell('.@said$'), 'end;') +
      functionOf('F_Read', 'input getarg(0);', 'return;'),
  ],
  [
    'a text that a function puts into a variable of the player',
    ['3 unescaped-json'],
    npcOf('callfunc "F_Read";', tell('@said$'), 'end;') + functionOf('F_Read', 'input @said$;', 'return;'),
  ],
  [
    'which the script sets anew before it asks',
    [],
    npcOf('callfunc "F_Read";', '@said$ = "nothing";', tell('@said$'), 'end;') +
      functionOf('F_Read', 'input @said$;', 'return;'),
  ],
  [
    'a subroutine that puts its argument into JSON',
    ['6 unescaped-json'],
    npcOf('input .@said$;', 'callsub S_Tell, .@said$;', 'end;', 'S_Tell:', tell('getarg(0)'), 'return;'),
  ],
  [
    'a subroutine that is given what is escaped',
    [],
    npcOf(
      'input .@said$;',
      `callsub S_Tell, ${ESCAPED('.@said$')};`,
      'end;',
      'S_Tell:',
      tell('getarg(0)'),
      'return;',
    ),
  ],
  [
    'what a subroutine gives back',
    ['2 unescaped-json'],
    npcOf(tell('callsub(S_Read)'), 'end;', 'S_Read:', 'input .@said$;', 'return .@said$;'),
  ],
  [
    'a subroutine whose variable of the same name is another one',
    [],
    npcOf(
      'input .@said$;',
      'callsub S_Tell;',
      'mes .@said$;',
      'close;',
      'S_Tell:',
      tell('.@said$'),
      'return;',
    ),
  ],
  [
    'a function within the script',
    ['4 unescaped-json'],
    npcOf(
      'function Tell;',
      'function Tell {',
      tell('getarg(0)'),
      'return;',
      '}',
      'input .@said$;',
      'Tell(.@said$);',
      'end;',
    ),
  ],
];

describe('texts are followed into functions, and back', () => {
  it.each(CASES)('%s', (_, faults, script) => {
    expect(faultsIn(script)).toEqual(faults);
  });
});

describe('from one script to another', () => {
  const reader = npcOf(tell('$@news$'), 'end;');

  it('by a variable that both know, whatever comes first', () => {
    const writer = npcOf('input $@news$;', 'close;');
    for (const text of [reader + writer, writer + reader])
      expect(faultsIn(text).map((one) => one.replace(/^\d+ /, ''))).toEqual(['unescaped-json']);
  });

  it('by a second variable and a third script', () => {
    const files = [
      { path: 'a.txt', text: reader },
      { path: 'b.txt', text: npcOf('$@news$ = $old_news$;', 'end;') },
      { path: 'c.txt', text: npcOf('input $old_news$;', 'close;') },
    ];
    expect(findingsOf(...files)).toMatchObject([{ file: 'a.txt', line: 2, rule: 'unescaped-json' }]);
  });

  it('not where the other one escapes it', () => {
    expect(faultsIn(reader + npcOf('input .@n$;', `$@news$ = ${ESCAPED('.@n$')};`, 'close;'))).toEqual([]);
  });

  it('not by variables that only have the same name', () => {
    const own = npcOf(tell('.news$'), 'end;');
    expect(faultsIn(own + npcOf('input .news$;', 'input .@news$;', 'close;'))).toEqual([]);
  });

  it('by getvariableofnpc', () => {
    const text = npcOf(tell('getvariableofnpc(.news$, "Sage")'), 'end;') + npcOf('input .news$;', 'close;');
    expect(faultsIn(text)).toEqual(['2 unescaped-json']);
  });

  it('words of the AI, in a menu of a script that never asks', () => {
    const menu = npcOf('if (select("None", $@word$) == 1) end;', 'end;');
    const asking = npcOf(ASK, '$@word$ = .@text$;', 'end;');
    expect(findingsOf({ path: 'a.txt', text: menu }, { path: 'b.txt', text: asking })).toMatchObject([
      { file: 'a.txt', line: 2, rule: 'ai-text-in-menu' },
    ]);
  });

  it('a function of another file is told there', () => {
    const files = [
      { path: 'a.txt', text: npcOf('input .@said$;', 'callfunc "F_Tell", .@said$;', 'end;') },
      { path: 'b.txt', text: functionOf('F_Tell', tell('getarg(0)'), 'return;') },
    ];
    expect(findingsOf(...files)).toMatchObject([{ file: 'b.txt', line: 2, rule: 'unescaped-json' }]);
  });
});
