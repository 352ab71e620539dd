import { describe, expect, it } from 'vitest';
import { faultsIn, findingsOf, functionOf, npcOf } from '../../../test/support/linted.ts';

const ASK = '.@id = ai_db_request("x", "/api/v1/x", "{}");';
const CHECK = 'if (.@id <= 0) { mes "Later."; close; }';
const SAY = 'callfunc "F_AI_Say", "Sage", "Hello";';

/** A fault in other words, and its twin that is right. */
type Pair = readonly [name: string, faults: readonly string[], planted: string, right: string];

const PAIRS: readonly Pair[] = [
  [
    'an id in an array',
    ['2 unchecked-id'],
    npcOf(
      '.@ids[0] = ai_db_request("x", "/x", "{}");',
      'mes ai_json_get(ai_db_response(.@ids[0], 900), "a");',
      'close;',
    ),
    npcOf(
      '.@ids[0] = ai_db_request("x", "/x", "{}");',
      'if (.@ids[0] > 0) mes ai_json_get(ai_db_response(.@ids[0], 900), "a");',
      'close;',
    ),
  ],
  [
    'an id that is compared with 0 alone',
    ['3 unchecked-id'],
    npcOf(ASK, 'if (.@id != 0) .@a$ = ai_db_response(.@id, 900);', 'end;'),
    npcOf(ASK, 'if (.@id >= 1) .@a$ = ai_db_response(.@id, 900);', 'end;'),
  ],
  [
    'an id set in the old way',
    ['2 unchecked-id'],
    npcOf(
      'set .@id, callfunc("F_AI_Request", "x", "/x", "{}");',
      'mes callfunc("F_AI_Response", .@id, 900);',
      'close;',
    ),
    npcOf(
      'set .@id, callfunc("F_AI_Request", "x", "/x", "{}");',
      'if (.@id < 1) end;',
      'mes callfunc("F_AI_Response", .@id, 900);',
      'close;',
    ),
  ],
  [
    'a for that waits for an answer',
    ['4 unchecked-id'],
    npcOf(ASK, CHECK, 'for (; ai_db_response(.@id) == ""; )', '\tsleep2 100;', 'close;'),
    npcOf(
      ASK,
      CHECK,
      'for (.@i = 0; .@i < 50 && ai_db_response(.@id) == ""; .@i++)',
      '\tsleep2 100;',
      'close;',
    ),
  ],
  [
    'an id of F_AI_Last through atoi',
    ['3 cut-id'],
    npcOf(
      '.@text$ = callfunc("F_AI_Ask", "Sage", "Hello");',
      '.@id = atoi("" + callfunc("F_AI_Last", "id"));',
      'end;',
    ),
    npcOf('.@text$ = callfunc("F_AI_Ask", "Sage", "Hello");', '.@id = callfunc("F_AI_Last", "id");', 'end;'),
  ],
  [
    'an id in a permanent text, printed with a width',
    ['4 cut-id'],
    npcOf(ASK, CHECK, '$note$ = sprintf("%010d", .@id);', 'end;'),
    npcOf(ASK, CHECK, '$note$ = "request " + .@id;', 'end;'),
  ],
  [
    'words of the AI in prompt, by way of substr',
    ['3 ai-text-in-menu'],
    npcOf(
      '.@text$ = callfunc("F_AI_Shout", "Sage", "a drink");',
      'if (prompt("None:" + substr(.@text$, 0, 20)) == 255) end;',
      'end;',
    ),
    npcOf(
      '.@text$ = callfunc("F_AI_CleanOption", callfunc("F_AI_Shout", "Sage", "a drink"));',
      'if (.@text$ != "" && prompt("None:" + .@text$) == 255) end;',
      'end;',
    ),
  ],
  [
    'words of the AI in the old menu',
    ['3 ai-text-in-menu'],
    npcOf(
      '.@text$ = callfunc("F_AI_Ask", "Sage", "a drink");',
      'menu .@text$, L_Drink, "Nothing", -;',
      'end;',
      'L_Drink:',
      'end;',
    ),
    npcOf(
      '.@text$ = callfunc("F_AI_Ask", "Sage", "a drink");',
      'menu "Drink", L_Drink, "No", -;',
      'end;',
      'L_Drink:',
      'end;',
    ),
  ],
  [
    'a field of an answer as the name of a variable that is read',
    ['5 ai-text-in-name'],
    npcOf(
      ASK,
      'if (.@id <= 0) end;',
      '.@r$ = ai_db_response(.@id, 900);',
      '.@n = getd("$" + ai_json_get(.@r$, "name"));',
      'end;',
    ),
    npcOf(
      ASK,
      'if (.@id <= 0) end;',
      '.@r$ = ai_db_response(.@id, 900);',
      '.@n = getd("$" + "name");',
      'end;',
    ),
  ],
  [
    'words of the AI in the SQL of the logs',
    ['3 ai-text-in-sql'],
    npcOf(
      '.@t$ = callfunc("F_AI_Last", "text");',
      'query_logsql "INSERT INTO said VALUES (\'" + replacestr(.@t$, "x", "y") + "\')";',
      'end;',
    ),
    npcOf(
      '.@t$ = callfunc("F_AI_Last", "text");',
      'query_logsql "INSERT INTO said VALUES (\'" + escape_sql(.@t$) + "\')";',
      'end;',
    ),
  ],
  [
    'words of the AI in JSON, by way of +=',
    ['4 unescaped-json'],
    npcOf(
      '.@t$ = callfunc("F_AI_Last", "text");',
      '.@json$ = "{\\"a\\":\\"";',
      '.@json$ += .@t$ + "\\"}";',
      'callfunc "F_AI_Request", "x", "/x", .@json$;',
      'end;',
    ),
    npcOf(
      '.@t$ = ai_json_escape(callfunc("F_AI_Last", "text"));',
      '.@json$ = "{\\"a\\":\\"";',
      '.@json$ += .@t$ + "\\"}";',
      'callfunc "F_AI_Request", "x", "/x", .@json$;',
      'end;',
    ),
  ],
  [
    'a wait when a player leaves, behind a goto',
    ['5 wait-at-logout'],
    npcOf(
      'OnPCLogoutEvent:',
      'goto L_Bye;',
      'L_Bye:',
      '.@t$ = callfunc("F_AI_Decide", "Sage", "x", "a", "b");',
      'end;',
    ),
    npcOf(
      'OnPCLoginEvent:',
      'goto L_Hi;',
      'L_Hi:',
      '.@t$ = callfunc("F_AI_Decide", "Sage", "x", "a", "b");',
      'end;',
    ),
  ],
  [
    'a wait when a player leaves, in a function within the script',
    ['3 wait-at-logout'],
    npcOf(
      'function Bye {',
      '.@t$ = callfunc("F_AI_Ask", "Sage", "Bye");',
      'return;',
      '}',
      'end;',
      'OnPCLogoutEvent:',
      'Bye();',
      'end;',
    ),
    npcOf(
      'function Hi {',
      '.@t$ = callfunc("F_AI_Ask", "Sage", "Hi");',
      'return;',
      '}',
      'Hi();',
      'end;',
      'OnPCLogoutEvent:',
      'end;',
    ),
  ],
  [
    'a sleep for an answer when a player leaves',
    ['4 wait-at-logout'],
    npcOf('OnPCLogoutEvent:', ASK, 'sleep2 500;', 'if (.@id > 0) .@t$ = ai_db_response(.@id);', 'end;'),
    npcOf('OnPCLogoutEvent:', ASK, 'if (.@id > 0) $last_id$ = "" + .@id;', 'end;'),
  ],
  [
    'two cases with names',
    ['3 case-label', '4 case-label'],
    npcOf(
      'switch (callfunc("F_AI_Status", .id)) {',
      'case AI_REQ_PENDING:',
      'case ai_req_processing:',
      'end;',
      '}',
      'end;',
    ),
    npcOf('switch (callfunc("F_AI_Status", .id)) {', 'case 1:', 'case 2:', 'end;', '}', 'end;'),
  ],
  [
    'an end in a subroutine, with the window open',
    ['6 no-close'],
    npcOf(SAY, 'callsub S_Bye;', 'end;', 'S_Bye:', 'end;'),
    npcOf(SAY, 'callsub S_Bye;', 'end;', 'S_Bye:', 'close;'),
  ],
  [
    'a subroutine that shuts nothing',
    ['4 no-close'],
    npcOf(SAY, 'callsub S_Bye;', 'end;', 'S_Bye:', 'emotion ET_SMILE;', 'return;'),
    npcOf(SAY, 'callsub S_Bye;', 'end;', 'S_Bye:', 'close2;', 'return;'),
  ],
  [
    'an end in a loop',
    ['5 no-close'],
    npcOf(SAY, 'while (.@i++ < 3) {', '\tnext;', '\tif (select("On:Off") == 2) end;', '}', 'close;'),
    npcOf(SAY, 'while (.@i++ < 3) {', '\tnext;', '\tif (select("On:Off") == 2) close;', '}', 'close;'),
  ],
  [
    'a default that only ends',
    ['6 no-close'],
    npcOf(SAY, 'switch (rand(2)) {', 'case 0: close;', 'default:', '\tend;', '}'),
    npcOf(SAY, 'switch (rand(2)) {', 'case 0: close;', 'default:', '\tclose;', '}'),
  ],
  [
    'requests in while without a pause',
    ['3 loop-without-pause'],
    npcOf('while (.@i++ < 200)', '\tcallfunc "F_AI_Tell", "Sage", "Day " + .@i, 0;', 'end;'),
    npcOf(
      'while (.@i++ < 200) {',
      '\tcallfunc "F_AI_Tell", "Sage", "Day " + .@i, 0;',
      '\tcallfunc "F_AI_Pause", 20;',
      '}',
      'end;',
    ),
  ],
  [
    'requests in do, by way of a function of the author',
    ['3 loop-without-pause'],
    npcOf('do {', '\tcallfunc "F_One";', '} while (.@i++ < 200);', 'end;') +
      functionOf('F_One', ASK, 'return;'),
    npcOf('do {', '\tcallfunc "F_One";', '} while (.@i++ < 200);', 'end;') +
      functionOf('F_One', ASK, 'sleep 20;', 'return;'),
  ],
  [
    'requests in a loop, by way of a function within the script',
    ['3 loop-without-pause'],
    npcOf('function One {', ASK, 'return;', '}', 'for (.@i = 0; .@i < 200; .@i++) One();', 'end;'),
    npcOf(
      'function One {',
      ASK,
      'sleep 20;',
      'return;',
      '}',
      'for (.@i = 0; .@i < 200; .@i++) One();',
      'end;',
    ),
  ],
  [
    'a loop over all who are online',
    ['4 loop-without-pause'],
    npcOf(
      '.@n = getunits(BL_PC, .@who);',
      'for (.@i = 0; .@i < .@n; .@i++)',
      '\tcallfunc "F_AI_Request", "x", "/x", "{\\"who\\":" + .@who[.@i] + "}";',
      'end;',
    ),
    npcOf(
      '.@n = getunits(BL_PC, .@who);',
      'for (.@i = 0; .@i < .@n && .@i < 10; .@i++)',
      '\tcallfunc "F_AI_Request", "x", "/x", "{\\"who\\":" + .@who[.@i] + "}";',
      'end;',
    ),
  ],
  [
    'a function in other letters',
    ['2 unknown-call'],
    npcOf('callfunc "f_ai_say", "Sage", "Hello";', 'close;'),
    npcOf('callfunc "F_AI_Say", "Sage", "Hello";', 'close;'),
  ],
  [
    'a scene of one, and a gift without its time',
    ['2 arguments', '3 arguments'],
    npcOf(
      'callfunc "F_AI_Scene", "Sage", "bread", 6;',
      '.@g = callfunc("F_AI_Gift", "Sage", 501, 1);',
      'end;',
    ),
    npcOf(
      'callfunc "F_AI_Scene", "Sage", "Nurse", "bread", 6;',
      '.@g = callfunc("F_AI_Gift", "Sage", 501, 1, 60);',
      'end;',
    ),
  ],
  [
    'a comment that is never closed',
    ['1 unreadable'],
    npcOf('/* Hello', 'close;'),
    npcOf('/* Hello */', 'close;'),
  ],
];

describe.each(PAIRS)('%s', (_, faults, planted, right) => {
  it('is found', () => {
    expect(faultsIn(planted)).toEqual(faults);
  });

  it('and not where it is right', () => {
    expect(faultsIn(right)).toEqual([]);
  });
});

describe('the script of an item', () => {
  const item = (script: string) => `Body:\n  - Id: 30000\n    Script: |\n      ${script}\n`;

  it.each([
    ['by way of a function of the author', '.@t$ = callfunc("F_Oracle");', ['4 wait-in-item']],
    [
      'a wait for a request of its own',
      '.@t$ = ai_db_response(ai_db_request("x", "/x", "{}"), 500);',
      ['4 wait-in-item'],
    ],
    ['an answer that is only looked at', 'dispbottom ai_json_get(ai_db_response(@id), "text");', []],
    ['words that are told', 'callfunc "F_AI_Tell", "Sage", strcharinfo(0) + " wore the ring.";', []],
  ])('%s', (_, script, faults) => {
    const oracle = functionOf('F_Oracle', 'return callfunc("F_AI_Ask", "Sage", "Who?");');
    const found = findingsOf({ path: 'item_db.yml', text: item(script) }, { path: 'f.txt', text: oracle });
    expect(
      found.filter(({ rule }) => rule !== 'unchecked-id').map(({ line, rule }) => `${line} ${rule}`),
    ).toEqual(faults);
  });
});
