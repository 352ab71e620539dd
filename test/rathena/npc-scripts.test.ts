import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'rathena/npc/custom/ai-world');
const read = (path: string): string => readFileSync(join(FOLDER, path), 'utf8');
const SCRIPTS = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.txt'))
  .map((path) => path.replaceAll('\\', '/'));
const SHARED = read('ai_ipc_lib.txt');
const WAYS = { commands: read('ai_ipc_lib_commands.txt'), sql: read('ai_ipc_lib_sql.txt') };

/** The pattern at the end of AI_IPC_IMPLEMENTATION.md, to the byte. */
const DOCUMENTS_EXAMPLE = String.raw`// Async request pattern with polling
prontera,150,150,4	script	AI NPC Example	4_F_KAFRA1,{
    mes "[AI NPC]";
    mes "Let me think about that...";
    
    // Create request
    .@data$ = "{\"message\":\"" + escape(.@input$) + "\"}";
    .@req_id = ai_db_request("dialogue", "/api/v1/npc/dialogue", .@data$, 5);
    
    if (.@req_id <= 0) {
        mes "Sorry, I'm having trouble connecting to my AI.";
        close;
    }
    
    // Poll for response (max 5 seconds)
    .@attempts = 0;
    while (.@attempts < 50) {
        .@response$ = ai_db_response(.@req_id);
        if (.@response$ != "") break;
        sleep2 100;
        .@attempts++;
    }
    
    // Handle response
    if (.@response$ != "") {
        mes "AI Response: " + .@response$;
    } else {
        mes "Sorry, that took too long. Please try again.";
    }
    close;
}
`;

function definedIn(text: string): string[] {
  return [...text.matchAll(/^function\tscript\t(\w+)\t\{$/gm)].map(([, name]) => name ?? '');
}

/** What stands above the library's own helpers is for authors. */
function isPublic(name: string): boolean {
  return SHARED.indexOf(`${name}\t{`) < SHARED.indexOf('// Of use to the functions above alone.');
}

function calledIn(text: string): string[] {
  return [...text.matchAll(/callfunc[( ]"(F_AI_\w+)"/g)].map(([, name]) => name ?? '');
}

/** What stands outside of strings and comments, so that its braces can be counted. */
function codeOf(text: string): string {
  return text.replace(/"(?:\\.|[^"\\\n])*"/g, '""').replace(/\/\/.*$/gm, '');
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** The test of the functions, written as if they were the commands. */
function asCommands(text: string): string {
  return text
    .replace(/callfunc\("F_AI_(\w+)", /g, (_, name: string) => `ai_db_${name.toLowerCase()}(`)
    .replace(/F_AI_(\w+) gave/g, (_, name: string) => `ai_db_${name.toLowerCase()} gave`)
    .replace(/#lib(rary)?/g, '')
    .replaceAll('AI functions', 'AI commands');
}

/** Without the comment at the file's head. */
function bodyOf(text: string): string {
  return text.slice(text.lastIndexOf('//====') + 1).replace(/^.*\n/, '');
}

describe('the library and its two ways', () => {
  it('the ways define the same functions; beyond them, only SQL has helpers of its own', () => {
    const [commands, sql] = [definedIn(WAYS.commands), definedIn(WAYS.sql)];
    expect(sql.filter((name) => !name.startsWith('F_AI_Sql')).sort()).toEqual([...commands].sort());
    expect(commands.length).toBeLessThanOrEqual(9);
  });

  it('define each function once, and call none that is not there', () => {
    for (const way of Object.values(WAYS)) {
      const defined = definedIn(SHARED + way);
      expect(new Set(defined).size).toBe(defined.length);
      expect(calledIn(SHARED + way).filter((name) => !defined.includes(name))).toEqual([]);
    }
  });

  it('hand over to the database what a script was given only through F_AI_SqlText', () => {
    const statements = [...WAYS.sql.matchAll(/query_sql\((.*(?:\n\t+[",].*)*)/g)].map(
      ([, text]) => text ?? '',
    );
    expect(statements.length).toBeGreaterThan(15);
    // Whatever is joined in bare is a number, or an expression that was made before.
    const joined = statements.flatMap((text) =>
      [...text.matchAll(/\+ (\.@\w+\$)/g)].map(([, name]) => name ?? ''),
    );
    expect([...new Set(joined)].sort()).toEqual(['.@json$', '.@quoted$', '.@where$']);
    expect(codeOf(WAYS.sql)).not.toContain('escape_sql');
  });
});

describe.each(SCRIPTS)('%s', (path) => {
  const text = read(path);

  it('is ASCII with rAthena tabs and line ends', () => {
    expect(text).toMatch(/^\/\/===== rAthena Script =/);
    expect(text).toMatch(/^[\t\n\x20-\x7e]*\n$/);
    // The document's own lines have blanks.
    if (path !== 'example_npc.txt') expect(text).not.toMatch(/^ |[ \t]$/m);
  });

  it('has headers with three tabs, and braces in pairs', () => {
    const headers = text.split('\n').filter((line) => /^(?:function|-|\w+,\d+,\d+,\d)\s/.test(line));
    expect(headers.length).toBeGreaterThan(0);
    expect(headers.filter((line) => !/^[^\t]+\tscript\t[^\t]+\t(?:[^\t,]+,)?\{$/.test(line))).toEqual([]);
    const code = codeOf(text);
    expect(count(code, '{')).toBe(count(code, '}'));
    expect(count(code, '(')).toBe(count(code, ')'));
  });

  it('gives NPCs names that rAthena keeps whole', () => {
    const names = [...text.matchAll(/^[\w,]+\tscript\t([^\t]+)\t\w+,\{$/gm)].map(([, name]) => name ?? '');
    expect(names.filter((name) => name.length > 24)).toEqual([]);
  });

  it('puts nothing with an effect behind &&, which always evaluates both sides', () => {
    const behind = codeOf(text).matchAll(
      /&&[^;{]*?(?:query_sql|ai_db_cancel|ai_db_cleanup|ai_db_request|callfunc)/g,
    );
    expect([...behind].map(([found]) => found)).toEqual([]);
  });

  it('calls only functions of the library', () => {
    const known = definedIn(SHARED + WAYS.sql);
    expect(calledIn(text).filter((name) => !known.includes(name))).toEqual([]);
  });
});

it('the test of the library is the test of the commands, over functions', () => {
  const [commands, library] = [
    read('test/test_ai_ipc_commands.txt'),
    read('test/test_ai_ipc_library.txt'),
  ].map(bodyOf);
  expect(asCommands(library ?? '').split('\n')).toEqual((commands ?? '').split('\n'));
});

it('the NPCs of the document stand where it says', () => {
  const text = read('test/test_ai_ipc_commands.txt');
  expect(text).toMatch(/^prontera,150,150,\d\tscript\tAI IPC Test\t/m);
  expect(text).toMatch(/^prontera,\d+,\d+,\d\tscript\tAI IPC Benchmark\t/m);
  expect([...text.matchAll(/S_Report, "([^"]+)"/g)].map(([, name]) => name)).toEqual([
    'Basic Request/Response',
    'Status Checking',
    'Cancel Request',
    'Timeout Handling',
    'Cleanup (Admin)',
    'Batch Processing',
    'Error Handling',
    'Throughput (100 requests)',
    'Latency (10 requests)',
  ]);
});

it("the document's example stands as the document has it", () => {
  const text = read('example_npc.txt');
  expect(text.endsWith(DOCUMENTS_EXAMPLE)).toBe(true);
});

it('docs/npc-scripts.md has every function and every command', () => {
  const page = readFileSync(join(ROOT, 'docs/npc-scripts.md'), 'utf8');
  const rows = readFileSync(join(ROOT, 'rathena/src/custom/script_ai_ipc_def.inc'), 'utf8');
  const commands = [...rows.matchAll(/BUILDIN_DEF2?\((\w+)/g)].map(([, name]) => name ?? '');
  expect(commands).toContain('ai_db_request');
  const missing = [...definedIn(SHARED).filter(isPublic), ...definedIn(WAYS.commands), ...commands].filter(
    (name) => !page.includes(`\`${name}(`),
  );
  expect(missing).toEqual([]);
});

describe('the guide for authors', () => {
  const guide = readFileSync(join(FOLDER, '../AI_NPC_GUIDE.md'), 'utf8');
  const blocks = [...guide.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  const npcs = blocks.filter(([, language]) => language === '').map(([, , text]) => text ?? '');

  it('has ten NPCs, on cells and with names of their own', () => {
    expect(npcs).toHaveLength(10);
    const heads = npcs.map((npc) => npc.slice(0, npc.indexOf(',{')));
    expect(new Set(heads.map((head) => head.split('\t')[2])).size).toBe(10);
    const cells = heads.map((head) => head.split('\t')[0]).filter((cell) => cell !== '-');
    expect(new Set(cells).size).toBe(cells.length);
  });

  it.each(npcs.map((npc) => [npc.split('\t')[2] ?? '', npc]))(
    '%s calls functions that there are',
    (_, npc) => {
      expect(npc).toMatch(/^[^\t\n]+\tscript\t[^\t\n]{1,24}\t[\w-]+,\{\n/m);
      expect(calledIn(npc).length).toBeGreaterThan(0);
      expect(calledIn(npc).filter((name) => !definedIn(SHARED + WAYS.sql).includes(name))).toEqual([]);
      expect(count(codeOf(npc), '{')).toBe(count(codeOf(npc), '}'));
    },
  );
});
