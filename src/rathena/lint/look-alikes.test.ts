import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findingsOf as findingsIn, NPC_FILES as NPCS, npcOf as npc } from '../../../test/support/linted.ts';

const ROOT = join(import.meta.dirname, '../../..');

const REQUEST = '.@id = callfunc("F_AI_Request", "decision", "/api/v1/npc/decide", .@data$, 3, 10);';
const CHECK = 'if (.@id <= 0) { mes "Later."; close; }';

/** Right as they stand, and one step from a fault that is planted in planted-faults.test.ts. */
const RIGHT: readonly (readonly [name: string, script: string])[] = [
  [
    'what a player typed, escaped where it goes in',
    npc(
      'input .@words$;',
      '.@data$ = "{\\"message\\":\\"" + callfunc("F_AI_JsonEscape", .@words$) + "\\"}";',
      REQUEST,
      CHECK,
      'close;',
    ),
  ],
  [
    'a whole sentence, escaped with the name in it',
    npc(
      '.@situation$ = "A stranger called \\"" + strcharinfo(0) + "\\" comes.";',
      '.@data$ = "{\\"context\\":\\"" + ai_json_escape(.@situation$) + "\\"}";',
      REQUEST,
      CHECK,
      'close;',
    ),
  ],
  [
    'a typed text that is escaped in its own variable',
    npc(
      'input .@words$;',
      '.@words$ = escape(.@words$);',
      '.@data$ = "{\\"message\\":\\"" + .@words$ + "\\"}";',
      REQUEST,
      CHECK,
      'close;',
    ),
  ],
  [
    'a typed number in JSON',
    npc('input .@many;', '.@data$ = "{\\"many\\":" + .@many + "}";', REQUEST, CHECK, 'close;'),
  ],
  [
    'the name of the map in JSON',
    npc('.@data$ = "{\\"map\\":\\"" + strcharinfo(3) + "\\"}";', REQUEST, CHECK, 'close;'),
  ],
  [
    'an answer that is handed on whole',
    npc(
      REQUEST,
      CHECK,
      '.@data$ = "{\\"before\\":" + callfunc("F_AI_Response", .@id, 5000) + "}";',
      '.@next = ai_db_request("x", "/api/v1/x", .@data$);',
      'if (.@next < 0) { mes "Later."; close; }',
      'close;',
    ),
  ],
  [
    'a typed text for F_AI_Ask, which escapes',
    npc('input .@w$;', 'callfunc "F_AI_Say", "Right", "\\"" + .@w$;', 'close;'),
  ],
  [
    'an id that is not looked at, where the answer is',
    npc(
      '.@data$ = "{}";',
      REQUEST,
      '.@answer$ = callfunc("F_AI_Response", .@id, 5000);',
      'mes .@answer$ != "" ? callfunc("F_AI_JsonText", .@answer$) : "Hm?";',
      'close;',
    ),
  ],
  ['a request whose end nobody needs', npc('callfunc "F_AI_Request", "event", "/api/v1/x", "{}";', 'end;')],
  [
    'an id that a subroutine looks at',
    npc(
      '.@id = ai_db_request("x", "/api/v1/x", "{}");',
      'callsub S_Wait, .@id;',
      '.@text$ = ai_db_response(.@id);',
      'end;',
      'S_Wait:',
      'for (.@s = ai_db_status(getarg(0)); .@s == 1 || .@s == 2; .@s = ai_db_status(getarg(0)))',
      '\tsleep2 100;',
      'return;',
    ),
  ],
  [
    'a loop that waits a number of rounds',
    npc(
      '.@id = ai_db_request("x", "/api/v1/x", "{}");',
      CHECK,
      'for (.@i = 0; .@i < 50 && ai_db_status(.@id) != 3; .@i++)',
      '\tsleep2 100;',
      'close;',
    ),
  ],
  [
    'a loop that waits for the end, with an id that was looked at',
    npc(
      '.@id = ai_db_request("x", "/api/v1/x", "{}");',
      CHECK,
      'do { sleep2 100; .@s = ai_db_status(.@id); } while (.@s < 3);',
      'close;',
    ),
  ],
  [
    'a loop that is left',
    npc(
      '.@id = ai_db_request("x", "/api/v1/x", "{}");',
      CHECK,
      'while (ai_db_response(.@id) == "") {',
      '\tif (ai_db_status(.@id) > 3) break;',
      '\tsleep2 100;',
      '}',
      'close;',
    ),
  ],
  [
    'a request without a wait when a player leaves',
    npc(
      'OnPCLogoutEvent:',
      '.@data$ = "{\\"gone\\":\\"" + callfunc("F_AI_JsonEscape", strcharinfo(0)) + "\\"}";',
      'callfunc "F_AI_Request", "event", "/api/v1/x", .@data$;',
      '.@old$ = callfunc("F_AI_Response", @ai_last);',
      'if (.@old$ != "") callfunc "F_AI_Cancel", @ai_last;',
      'end;',
      'OnPCLoginEvent:',
      'dispbottom callfunc("F_AI_Ask", "Right", "Welcome!");',
      'end;',
    ),
  ],
  ['a sleep when a player leaves, without the AI', npc('OnPCLogoutEvent:', 'sleep 100;', 'end;')],
  [
    'a case with the number of a status',
    npc(
      'switch (ai_db_status(.id)) {',
      'case 3: // AI_REQ_COMPLETED',
      'end;',
      '}',
      'if (ai_db_status(.id) == AI_REQ_FAILED) end;',
      'end;',
    ),
  ],
  [
    'atoi of what a player typed, and an id added to a text',
    npc(
      'input .@n$;',
      '.@data$ = "{\\"n\\":" + atoi(.@n$) + "}";',
      REQUEST,
      CHECK,
      'debugmes "request " + .@id + sprintf(" of %d", getcharid(0));',
      'close;',
    ),
  ],
  [
    'words of the AI in a menu without their colons',
    npc(
      'mes "Well?";',
      '.@text$ = replacestr(callfunc("F_AI_Ask", "Right", "Name a drink."), ":", ";");',
      'if (select("Nothing", .@text$) == 1) close;',
      'close;',
    ),
  ],
  [
    'words of the AI that only decide',
    npc(
      '.@text$ = callfunc("F_AI_Ask", "Right", "Which colour?");',
      'if (.@text$ == "red") setd "$colour_" + getcharid(0), 1;',
      'query_sql "UPDATE votes SET n = n + 1 WHERE length = " + getstrlen(.@text$);',
      'if (select("Red:Blue") == 1) end;',
      'end;',
    ),
  ],
  [
    'words of the AI in SQL, as F_AI_SqlText gives them',
    npc(
      '.@text$ = callfunc("F_AI_Ask", "Right", "The news?");',
      'query_sql("INSERT INTO news (text) VALUES (" + callfunc("F_AI_SqlText", .@text$) + ")");',
      'end;',
    ),
  ],
  [
    'close2 before an end, and a warp',
    npc(
      'callfunc "F_AI_Say", "Right", "Hello";',
      'next;',
      'if (select("Fly:Stay") == 1) { warp "geffen", 120, 60; end; }',
      'close2;',
      'emotion ET_SMILE;',
      'end;',
    ),
  ],
  [
    'a menu whose ways all close',
    npc(
      'callfunc "F_AI_Say", "Right", "Hello";',
      'next;',
      'switch (select("More:Bye")) {',
      'case 1: mes "More."; close;',
      'case 2: mes "Bye."; close;',
      '}',
    ),
  ],
  [
    'an end where nobody is there',
    npc(
      'if (playerattached())',
      '\tmes "Let me think.";',
      '.@text$ = callfunc("F_AI_Ask", "Right", "Hello");',
      'if (!playerattached()) { npctalk .@text$; end; }',
      'mes .@text$;',
      'close;',
    ),
  ],
  ['a word over the head in a timer', npc('OnTimer60000:', 'callfunc "F_AI_Say", "Right", "Hello";', 'end;')],
  [
    'requests in a loop with a pause after every ten',
    npc(
      'OnClock0600:',
      'for (.@i = 0; .@i < 500; .@i++) {',
      '\t.@ids[.@i] = callfunc("F_AI_Request", "dialogue", "/api/v1/npc/dialogue", "{}", 9, 60);',
      '\tif (.@i % 10 == 9) callsub S_Rest;',
      '}',
      'end;',
      'S_Rest: sleep 20; return;',
    ),
  ],
  [
    'ten requests at once, and one for each of a few names',
    npc(
      'setarray .@town$[0], "Prontera", "Geffen", "Payon";',
      'for (.@i = 0; .@i < getarraysize(.@town$); .@i++)',
      '\tcallfunc "F_AI_Request", "dialogue", "/api/v1/npc/dialogue", "{}", 9, 60;',
      'for (.@i = 0; .@i < 10; .@i++)',
      '\tcallfunc "F_AI_Request", "dialogue", "/api/v1/npc/dialogue", "{}", 9, 60;',
      'end;',
    ),
  ],
  [
    'a talk in a loop, which waits for the player',
    npc(
      'while (1) {',
      '\tinput .@w$;',
      '\tif (.@w$ == "") break;',
      '\tcallfunc "F_AI_Say", "Right", .@w$;',
      '\tnext;',
      '}',
      'close;',
    ),
  ],
  [
    'every number of arguments that F_AI_Request takes',
    npc(
      'callfunc "F_AI_Request", "x", "/x", "{}";',
      'callfunc("F_AI_Request", "x", "/x", "{}", 5);',
      'F_AI_Request("x", "/x", "{}", 5, 10);',
      'end;',
    ),
  ],
  [
    'words in comments and in texts',
    npc(
      '// callfunc "F_AI_Nothing"; "',
      '/* case AI_REQ_FAILED: ai_db_nothing(); */',
      'mes "callfunc(\\"F_AI_None\\") {";',
      'close;',
    ),
  ],
  [
    'functions of others, and names like ours',
    npc(
      'callfunc "F_Rand", 1, 2;',
      'callfunc .@name$, 1;',
      '.@ai_db_file$ = "x";',
      'my_ai_command 1;',
      'end;',
    ),
  ],
];

/** As a library has them that cleans for menus and for names. */
const CLEANERS = [
  '// F_AI_CleanOption(text)',
  'function\tscript\tF_AI_CleanOption\t{\n\treturn getarg(0);\n}',
  'function\tscript\tF_AI_CleanName\t{\n\treturn getarg(0);\n}',
  'function\tscript\tF_AI_Last\t{\n\treturn getarg(0);\n}',
  '',
].join('\n');

describe('what is right stays silent', () => {
  it.each(RIGHT)('%s', (_, script) => {
    expect(findingsIn({ path: 'npc.txt', text: script })).toEqual([]);
  });

  it('an item that starts an event in place of a wait', () => {
    const text = 'Body:\n  - Id: 30000\n    Script: |\n      doevent "Stone::OnUse"; // F_AI_Ask\n';
    expect(findingsIn({ path: 'item_db.yml', text })).toEqual([]);
  });

  it('words of the AI that are cleaned for a menu and for a name; and what else F_AI_Last tells', () => {
    const script = npc(
      '.@text$ = callfunc("F_AI_Ask", "Right", "Name a drink.");',
      'setd "$drink_" + callfunc("F_AI_CleanName", .@text$), 1;',
      'setd "$mood_" + callfunc("F_AI_Last", "emotion"), 1;',
      'if (select("None", callfunc("F_AI_CleanOption", .@text$)) == 1) end;',
      'end;',
    );
    expect(findingsIn({ path: 'lib.txt', text: CLEANERS }, { path: 'npc.txt', text: script })).toEqual([]);
  });

  it('but one form is not the other', () => {
    const script = npc(
      '.@option$ = callfunc("F_AI_CleanOption", callfunc("F_AI_Last", "text"));',
      'setd "$drink_" + .@option$, 1;',
      'if (select("None", callfunc("F_AI_Clean", callfunc("F_AI_Last", "text"))) == 1) end;',
      'end;',
    );
    expect(findingsIn({ path: 'lib.txt', text: CLEANERS }, { path: 'npc.txt', text: script })).toMatchObject([
      { line: 3, rule: 'ai-text-in-name' },
      { line: 4, rule: 'ai-text-in-menu', remedy: expect.stringContaining('F_AI_CleanOption') },
    ]);
  });

  it('a script that asks for 900 words one after the other', () => {
    const ways = Array.from(
      { length: 900 },
      (_, at) => `if (.@w$ == "${at}") callfunc "F_AI_Say", "Right", .@w$;`,
    );
    const script = npc('input .@w$;', ways.join('\nelse '), 'close;');
    expect(findingsIn({ path: 'npc.txt', text: script })).toEqual([]);
  });

  it('a function of the author that lint is given, too', () => {
    const functions = 'function\tscript\tF_AI_Mine\t{\n\treturn getarg(0) + getarg(1, 0);\n}\n';
    const files = [
      { path: 'a.txt', text: npc('.@n = callfunc("F_AI_Mine", 1);', 'end;') },
      { path: 'b.txt', text: functions },
    ];
    expect(findingsIn(...files)).toEqual([]);
  });

  it('every script of this package', () => {
    expect(NPCS.length).toBeGreaterThan(5);
    expect(findingsIn(...NPCS)).toEqual([]);
  });

  it('every NPC of docs/npc-scripts.md', () => {
    const page = readFileSync(join(ROOT, 'docs/npc-scripts.md'), 'latin1');
    const scripts = [...page.matchAll(/```\n([^`]*\tscript\t[^`]*)```/g)].map(([, text = '']) => text);
    expect(scripts.length).toBeGreaterThan(4);
    for (const text of scripts) expect(findingsIn({ path: 'page.txt', text })).toEqual([]);
  });
});
