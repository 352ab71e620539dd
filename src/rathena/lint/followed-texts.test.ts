import { describe, expect, it } from 'vitest';
import { faultsIn, functionOf, npcOf } from '../../../test/support/linted.ts';

/** An event that nobody waits for, of a text. */
const tell = (text: string) =>
  `callfunc "F_AI_Request", "event", "/api/v1/x", "{\\"words\\":\\"" + ${text} + "\\"}";`;
const ASK = '.@text$ = callfunc("F_AI_Ask", "Sage", "What is new?");';
const ESCAPED = (text: string) => `callfunc("F_AI_JsonEscape", ${text})`;

type Case = readonly [name: string, faults: readonly string[], script: string];

/** The body of the NPC begins in line 2. */
const CASES: readonly Case[] = [
  ['an element of an array', ['3 unescaped-json'], npcOf('input .@line$[2];', tell('.@line$[.@i]'), 'end;')],
  [
    'an array that is copied and joined',
    ['5 unescaped-json'],
    npcOf(
      'for (.@i = 0; .@i < 3; .@i++)',
      '\tinput .@line$[.@i];',
      'copyarray .@all$[0], .@line$[0], 3;',
      tell('implode(.@all$, " ")'),
      'end;',
    ),
  ],
  [
    'an array of words of the author beside it',
    [],
    npcOf(
      'setarray .@town$[0], "Prontera", "Geffen";',
      'input .@line$[0];',
      tell('.@town$[1]'),
      'mes .@line$[0];',
      'close;',
    ),
  ],
  [
    'a typed text in pieces',
    ['4 unescaped-json'],
    npcOf('input .@said$;', 'explode .@word$, .@said$, " ";', tell('.@word$[0]'), 'end;'),
  ],
  [
    'a typed text read by sscanf',
    ['4 unescaped-json'],
    npcOf('input .@said$;', 'sscanf .@said$, "%d %s", .@n, .@rest$;', tell('.@rest$'), 'end;'),
  ],
  [
    'by way of three variables in a loop, the last one first',
    ['3 unescaped-json'],
    npcOf(
      'while (.@round++ < 5) {',
      tell('.@three$'),
      '\t.@three$ = .@two$;',
      '\t.@two$ = .@one$;',
      '\tinput .@one$;',
      '}',
      'end;',
    ),
  ],
  [
    'by way of goto, from further down',
    ['3 unescaped-json'],
    npcOf(
      'L_Again:',
      tell('.@said$'),
      'input .@more$;',
      '.@said$ = .@more$;',
      'if (.@said$ != "") goto L_Again;',
      'end;',
    ),
  ],
  [
    'a loop that escapes each',
    [],
    npcOf(
      'while (.@round++ < 5) {',
      '\tinput .@one$;',
      `\t.@one$ = ${ESCAPED('.@one$')};`,
      tell('.@one$'),
      '}',
      'end;',
    ),
  ],
  [
    'a variable by its name',
    ['4 unescaped-json'],
    npcOf('input .@said$;', 'setd "$note" + .@i + "$", .@said$;', tell('getd("$note" + .@i + "$")'), 'end;'),
  ],
  [
    'another variable by its name',
    [],
    npcOf('input .@said$;', 'setd "$note" + .@i + "$", .@said$;', tell('getd("$town" + .@i + "$")'), 'end;'),
  ],
  [
    'the old way to set a variable',
    ['4 unescaped-json'],
    npcOf('input .@said$;', 'set .@words$, strtolower(.@said$);', tell('.@words$'), 'end;'),
  ],
  [
    'the name of a pet, of a unit, of a member of the party',
    ['2 unescaped-json', '3 unescaped-json', '5 unescaped-json'],
    npcOf(
      tell('getpetinfo(PETINFO_NAME)'),
      tell('getunitname(.@gid)'),
      'getpartymember getcharid(1), 0;',
      tell('$@partymembername$[0]'),
      'end;',
    ),
  ],
  [
    'a name that is read from the table of characters',
    ['3 unescaped-json'],
    npcOf('query_sql "SELECT name FROM `char` LIMIT 1", .@best$;', tell('.@best$'), 'end;'),
  ],
  [
    'a number of a pet, and a text of a table of the author',
    [],
    npcOf(
      tell('getpetinfo(PETINFO_INTIMATE)'),
      'query_sql "SELECT word FROM my_words", .@w$;',
      tell('.@w$'),
      'end;',
    ),
  ],
  [
    'the words of an @command, and of a whisper',
    ['3 unescaped-json', '6 unescaped-json'],
    npcOf(
      'OnCommand:',
      tell('implode(.@atcmd_parameters$, " ")'),
      'end;',
      'OnWhisperGlobal:',
      tell('@whispervar1$'),
      'end;',
    ),
  ],
  [
    'a situation that is JSON of the author',
    ['3 unescaped-json'],
    npcOf(
      'input .@said$;',
      '.@context$ = "{\\"said\\":\\"" + .@said$ + "\\"}";',
      'if (callfunc("F_AI_Decide", "Sage", .@context$, "help", "wait") == "help") end;',
      'end;',
    ),
  ],
  [
    'a situation that is a sentence',
    [],
    npcOf(
      'input .@said$;',
      'if (callfunc("F_AI_Decide", "Sage", "A stranger says \\"" + .@said$ + "\\".", "help", "wait") == "help") end;',
      'end;',
    ),
  ],
  [
    'typed text in SQL, and as the name of a variable',
    ['3 player-text-in-sql', '4 player-text-in-name', '6 player-text-in-menu'],
    npcOf(
      'input .@said$;',
      'query_sql "UPDATE notes SET text = \'" + .@said$ + "\'";',
      'setd "$note_" + .@said$, 1;',
      ASK,
      'if (select("None:" + .@said$) == 1) end;',
      'end;',
    ),
  ],
  [
    'the same by way of functions',
    ['9 player-text-in-sql', '10 player-text-in-name'],
    npcOf('input .@said$;', ASK, 'callfunc "F_Note", .@said$;', 'end;') +
      functionOf(
        'F_Note',
        '.@note$ = getarg(0);',
        'query_sql "UPDATE n SET t = \'" + .@note$ + "\'";',
        'setd .@note$, 1;',
      ),
  ],
  [
    'the same, each cleaned for its place; a name in a menu and in the name of a variable',
    [],
    npcOf(
      'input .@said$;',
      ASK,
      'query_sql "UPDATE notes SET text = " + callfunc("F_AI_SqlText", .@said$);',
      'query_sql "UPDATE notes SET text = \'" + escape_sql(.@said$) + "\'";',
      'setd "$note_" + callfunc("F_AI_CleanName", .@said$), 1;',
      'setd "$seen_" + strcharinfo(0), 1;',
      'if (select("I am " + strcharinfo(0), callfunc("F_AI_CleanOption", .@said$)) == 1) end;',
      'end;',
    ),
  ],
  [
    'words of the AI in a menu of a function',
    ['7 ai-text-in-menu'],
    npcOf(ASK, 'callfunc "F_Choose", .@text$;', 'end;') +
      functionOf('F_Choose', 'return select("Nothing", getarg(0));'),
  ],
  [
    'words of the AI that a function gives back',
    ['2 ai-text-in-menu'],
    npcOf('if (select("Nothing", callfunc("F_Oracle")) == 1) end;', 'end;') +
      functionOf('F_Oracle', 'return callfunc("F_AI_Ask", "Sage", "A word?");'),
  ],
  [
    'words of the AI that a function gives back clean',
    [],
    npcOf('if (select("Nothing", callfunc("F_Oracle")) == 1) end;', 'end;') +
      functionOf('F_Oracle', 'return callfunc("F_AI_CleanOption", callfunc("F_AI_Ask", "Sage", "A word?"));'),
  ],
  [
    'words of the AI as a command, an event and a function',
    ['3 ai-text-in-command', '4 ai-text-in-command', '5 ai-text-in-command'],
    npcOf(ASK, 'atcommand "@" + .@text$;', 'donpcevent .@text$ + "::OnStart";', 'callfunc .@text$;', 'end;'),
  ],
  [
    'an id by way of a function',
    ['3 cut-id'],
    npcOf('.@id = callfunc("F_Ask");', 'if (.@id > 0) mes sprintf("Number %d", .@id);', 'close;') +
      functionOf('F_Ask', 'return ai_db_request("x", "/x", "{}");'),
  ],
];

describe('texts are followed to where they go', () => {
  it.each(CASES)('%s', (_, faults, script) => {
    expect(faultsIn(script)).toEqual(faults);
  });
});
