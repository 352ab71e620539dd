import { describe, expect, it } from 'vitest';
import { findingsOf, npcOf as npc } from '../../../test/support/linted.ts';
import type { Finding } from './rules/finding.ts';

function findingsIn(text: string, path = 'npc.txt'): readonly Finding[] {
  return findingsOf({ path, text });
}

const REQUEST = '.@id = callfunc("F_AI_Request", "decision", "/api/v1/npc/decide", .@data$, 3, 10);';
const CHECK = 'if (.@id <= 0) { mes "Later."; close; }';

type Planted = readonly [
  name: string,
  fault: { readonly rule: string; readonly line: number },
  script: string,
];

const PLANTED: readonly Planted[] = [
  [
    'what a player typed in JSON',
    { rule: 'unescaped-json', line: 3 },
    npc('input .@words$;', '.@data$ = "{\\"message\\":\\"" + .@words$ + "\\"}";', REQUEST, CHECK, 'close;'),
  ],
  [
    'a name in JSON, added to it later',
    { rule: 'unescaped-json', line: 3 },
    npc(
      '.@data$ = "{\\"message\\":\\"I am ";',
      '.@data$ += strcharinfo(0);',
      '.@data$ += "\\"}";',
      REQUEST,
      CHECK,
      'close;',
    ),
  ],
  [
    'what a player typed, by way of another variable and another text',
    { rule: 'unescaped-json', line: 4 },
    npc(
      'input .@words$;',
      '.@situation$ = "A stranger says " + strtolower(.@words$);',
      '.@data$ = "{\\"context\\":\\"" + .@situation$ + "\\"}";',
      REQUEST,
      CHECK,
      'close;',
    ),
  ],
  [
    'a typed text in the JSON of the command, on one of two ways',
    { rule: 'unescaped-json', line: 6 },
    npc(
      'input .@words$;',
      'if (rand(2))',
      '\t.@text$ = ai_json_escape(.@words$);',
      'else .@text$ = .@words$;',
      '.@id = ai_db_request("dialogue", "/api/v1/npc/dialogue", "{\\"message\\":\\"" + .@text$ + "\\"}");',
      CHECK,
      'close;',
    ),
  ],
  [
    'a guild in JSON by sprintf',
    { rule: 'unescaped-json', line: 2 },
    npc(
      '.@data$ = sprintf("{\\"message\\":\\"%s\\"}", getguildname(getcharid(2)));',
      REQUEST,
      CHECK,
      'close;',
    ),
  ],
  [
    'words of one answer in the JSON of the next request',
    { rule: 'unescaped-json', line: 3 },
    npc(
      '.@first$ = callfunc("F_AI_Ask", "Planted", "What is new?");',
      '.@data$ = "{\\"context\\":\\"They say: " + .@first$ + "\\"}";',
      REQUEST,
      CHECK,
      'close;',
    ),
  ],
  [
    'an id that nobody looks at, nor at what comes of it',
    { rule: 'unchecked-id', line: 3 },
    npc(
      'mes "Hm.";',
      REQUEST,
      '.@answer$ = callfunc("F_AI_Response", .@id, 5000);',
      'mes callfunc("F_AI_JsonText", .@answer$);',
      'close;',
    ),
  ],
  [
    'an id that is looked at as if it were 0',
    { rule: 'unchecked-id', line: 3 },
    npc(REQUEST, 'if (!.@id) end;', '.@answer$ = ai_db_response(.@id, 5000);', 'end;'),
  ],
  [
    'an id that is never kept',
    { rule: 'unchecked-id', line: 2 },
    npc('mes ai_json_get(ai_db_response(ai_db_request("x", "/api/v1/x", "{}"), 5000), "text");', 'close;'),
  ],
  [
    'a loop that waits for a status which never comes',
    { rule: 'unchecked-id', line: 3 },
    npc(
      '.@id = ai_db_request("x", "/api/v1/x", "{}");',
      'while (ai_db_status(.@id) != 3)',
      '\tsleep2 100;',
      'mes "Done.";',
      'close;',
    ),
  ],
  [
    'a loop that waits for the end of what was never asked',
    { rule: 'unchecked-id', line: 3 },
    npc(
      '.@id = ai_db_request("x", "/api/v1/x", "{}");',
      'do { sleep2 100; .@s = ai_db_status(.@id); } while (.@s < 3);',
      'end;',
    ),
  ],
  [
    'a whisper in JSON',
    { rule: 'unescaped-json', line: 3 },
    npc(
      'OnWhisperGlobal:',
      'callfunc "F_AI_Request", "x", "/x", "{\\"message\\":\\"" + @whispervar0$ + "\\"}";',
      'end;',
    ),
  ],
  [
    'a loop that waits for an answer which never comes',
    { rule: 'unchecked-id', line: 3 },
    npc(
      '.@id = ai_db_request("x", "/api/v1/x", "{}");',
      'do {',
      '\tsleep2 100;',
      '\t.@answer$ = ai_db_response(.@id);',
      '} while (.@answer$ == "");',
      'mes "Done.";',
      'close;',
    ),
  ],
  [
    'a wait when a player leaves',
    { rule: 'wait-at-logout', line: 5 },
    npc(
      'mes "Bye.";',
      'close;',
      'OnPCLogoutEvent:',
      '.@text$ = callfunc("F_AI_Ask", "Planted", "Say goodbye.");',
      'end;',
    ),
  ],
  [
    'a wait when a player leaves, by way of a subroutine',
    { rule: 'wait-at-logout', line: 6 },
    npc(
      'OnPCLogoutEvent:',
      'callsub S_Ask;',
      'end;',
      'S_Ask:',
      '.@id = ai_db_request("x", "/api/v1/x", "{}"); .@text$ = ai_db_response(.@id, 3000);',
      'if (.@text$ == "") return;',
      'return;',
    ),
  ],
  [
    'a case with a name of AI_REQ_…',
    { rule: 'case-label', line: 3 },
    npc('switch (ai_db_status(.id)) {', 'case AI_REQ_COMPLETED:', 'end;', '}', 'end;'),
  ],
  [
    'atoi of an id',
    { rule: 'cut-id', line: 5 },
    npc(
      '.@data$ = "{}";',
      REQUEST,
      '.@kept$ = "" + .@id;',
      '.@status = callfunc("F_AI_Status", atoi(.@kept$));',
      'if (.@status == 3) end;',
      'end;',
    ),
  ],
  [
    'an id that sprintf prints',
    { rule: 'cut-id', line: 4 },
    npc('.@data$ = "{}";', REQUEST, 'debugmes sprintf("request %d", .@id);', 'end;'),
  ],
  [
    'words of the AI in a menu',
    { rule: 'ai-text-in-menu', line: 4 },
    npc(
      'mes "Well?";',
      '.@text$ = callfunc("F_AI_Ask", "Planted", "Name a drink.");',
      'if (select("Nothing:" + .@text$) == 1) close;',
      'close;',
    ),
  ],
  [
    'options of an answer in a menu, by way of an array',
    { rule: 'ai-text-in-menu', line: 7 },
    npc(
      REQUEST,
      CHECK,
      '.@json$ = callfunc("F_AI_Response", .@id, 5000);',
      'for (.@i = 0; .@i < 3; .@i++)',
      '\t.@option$[.@i] = callfunc("F_AI_Clean", callfunc("F_AI_JsonText", .@json$, "choices[" + .@i + "].text"));',
      'switch (select(implode(.@option$, ":"))) {',
      'default: close;',
      '}',
    ),
  ],
  [
    'words of the AI as the name of a variable',
    { rule: 'ai-text-in-name', line: 4 },
    npc(
      REQUEST,
      'if (.@id <= 0) end;',
      'setd "$quest_" + ai_json_get(ai_db_response(.@id, 5000), "quest"), 1;',
      'end;',
    ),
  ],
  [
    'words of the AI in SQL',
    { rule: 'ai-text-in-sql', line: 3 },
    npc(
      '.@text$ = callfunc("F_AI_Ask", "Planted", "The news?");',
      'query_sql("INSERT INTO news (text) VALUES (\'" + .@text$ + "\')");',
      'end;',
    ),
  ],
  [
    'a way out without close',
    { rule: 'no-close', line: 5 },
    npc(
      'mes "Let me think.";',
      '.@text$ = callfunc("F_AI_Ask", "Planted", "Hello");',
      'if (.@text$ == "")',
      '\tend;',
      'mes .@text$;',
      'close;',
    ),
  ],
  [
    'a script that ends behind F_AI_Say',
    { rule: 'no-close', line: 3 },
    npc('callfunc "F_AI_Say", "Planted", "Hello";'),
  ],
  [
    'a choice after which nothing closes',
    { rule: 'no-close', line: 6 },
    npc(
      'callfunc "F_AI_Say", "Planted", "Hello";',
      'next;',
      'if (select("More:Bye") == 1)',
      '\tgoto L_More;',
      'end;',
      'L_More:',
      'mes "No more.";',
      'close;',
    ),
  ],
  [
    'an option of a menu that no case has',
    { rule: 'no-close', line: 7 },
    npc(
      'callfunc "F_AI_Say", "Planted", "Hello";',
      'next;',
      'switch (select("More:Other:Bye")) {',
      'case 1: case 2: mes "More."; close;',
      '}',
    ),
  ],
  [
    'requests in a loop',
    { rule: 'loop-without-pause', line: 4 },
    npc(
      'OnClock0600:',
      'for (.@i = 0; .@i < getarraysize($towns$); .@i++)',
      '\tcallfunc "F_AI_Request", "dialogue", "/api/v1/npc/dialogue", "{}", 9, 60;',
      'end;',
    ),
  ],
  [
    'requests in a loop made of goto, by way of a subroutine',
    { rule: 'loop-without-pause', line: 7 },
    npc(
      'L_Again:',
      'callsub S_Ask;',
      'if (.@i++ < 500) goto L_Again;',
      'end;',
      'S_Ask:',
      'ai_db_request("health_check", "/api/v1/health", "{}");',
      'return;',
    ),
  ],
  [
    'a function that there is not',
    { rule: 'unknown-call', line: 2 },
    npc('callfunc "F_AI_Saye", "Planted", "Hello";', 'close;'),
  ],
  ['a command that there is not', { rule: 'unknown-call', line: 2 }, npc('ai_db_respond(1);', 'end;')],
  [
    'an argument too few',
    { rule: 'arguments', line: 2 },
    npc('.@text$ = callfunc("F_AI_Ask", "Planted");', 'end;'),
  ],
  [
    'an argument too many, of a command',
    { rule: 'arguments', line: 2 },
    npc('.@text$ = ai_db_response(.id, 5000, 1);', 'if (.@text$ == "") end;', 'end;'),
  ],
  [
    'a function that was called without callfunc',
    { rule: 'arguments', line: 2 },
    npc('.@text$ = F_AI_JsonEscape();', 'end;'),
  ],
  ['a text without its quote', { rule: 'unreadable', line: 2 }, npc('mes "Hello;', 'close;')],
  ['a brace that is missing', { rule: 'unreadable', line: 1 }, npc('if (1) {', 'close;')],
];

describe('a planted fault is found, with its line, and nothing else', () => {
  it.each(PLANTED)('%s', (_, fault, script) => {
    expect(findingsIn(script).map(({ rule, line }) => ({ rule, line }))).toEqual([fault]);
  });

  it('in the script of an item', () => {
    const items = [
      'Header:',
      '  Type: ITEM_DB',
      'Body:',
      '  - Id: 30000',
      '    AegisName: Talking_Stone',
      '    Script: |',
      '      .@a = 1;',
      '      dispbottom callfunc("F_AI_Ask", "Stone", "Speak!");',
      '    EquipScript: callfunc "F_AI_Say", "Stone", "Hello";',
      '',
    ].join('\n');
    expect(findingsIn(items, 'item_db.yml').map(({ rule, line }) => ({ rule, line }))).toEqual([
      { rule: 'wait-in-item', line: 8 },
      { rule: 'wait-in-item', line: 9 },
    ]);
  });

  it('in the script of an item, in a list of before 2021', () => {
    const items =
      '// ID,AegisName\n501,Red_Potion,Red Potion,0,{ heal 1; },{ .@t$ = callfunc("F_AI_Ask", "x", "y"); },{}\n';
    expect(findingsIn(items, 'item_db.txt').map(({ rule, line }) => ({ rule, line }))).toEqual([
      { rule: 'wait-in-item', line: 2 },
    ]);
  });

  it('by way of a function of the author, in another file', () => {
    const files = [
      {
        path: 'a.txt',
        text: 'function\tscript\tF_Oracle\t{\n\treturn callfunc("F_AI_Ask", "Oracle", getarg(0));\n}\n',
      },
      { path: 'b.txt', text: npc('OnPCLogoutEvent:', '.@t$ = callfunc("F_Oracle", "Who left?");', 'end;') },
    ];
    expect(findingsOf(...files)).toMatchObject([{ file: 'b.txt', line: 3, rule: 'wait-at-logout' }]);
  });

  it('each says what to write in its place', () => {
    for (const [, , script] of PLANTED)
      for (const { reason, remedy } of findingsIn(script)) {
        expect(reason).toMatch(/\S.*[.)]$/s);
        expect(remedy.length).toBeGreaterThan(10);
      }
  });
});
