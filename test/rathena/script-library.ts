import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Connection } from 'mariadb';
import type { MapServer } from './harness/map-server.ts';

const FOLDER = join(import.meta.dirname, '../../rathena/npc/custom/ai-world');
/** What the library stands upon. */
type LibraryWay = 'commands' | 'sql';
const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as FunctionConstructor;

/** A variable of a script: an array, of which the name alone is the first. Text is a character a byte, as in rAthena. */
type Values = (string | number)[];
type Scope = Record<string, Values>;
type ScriptFunction = (scope: Scope, args: readonly (string | number)[]) => Promise<string | number>;

/**
 * The functions of ai_ipc_lib.txt as a map server runs them, as far as they need nothing but a database: the script is made
 * JavaScript of, function by function, and its statements go over a connection of the test's.
 */
export class ScriptLibrary {
  readonly #connection: Connection;
  readonly #server: MapServer | undefined;
  readonly #sources: ReadonlyMap<string, string>;
  readonly #functions = new Map<string, ScriptFunction>();
  readonly #globals = newScope();
  statements = 0;
  /** The functions that were called, with their arguments, in this order. */
  readonly calls: string[] = [];
  /** What debugmes has printed. */
  readonly shown: string[] = [];
  /** The clock that gettimetick(2) reads. */
  seconds = 1_800_000_000;
  /**
   * The clock that gettimetick(0) reads, and that sleep waits for. What statements take is left out: a busy machine is no slow
   * database, of which nothing is asked for a second.
   */
  clock: { now(): number; sleep(ms: number): Promise<void> } = {
    now: () => Math.round((this.#asking > 0 ? this.#askedMs : performance.now()) - this.#queryMs),
    sleep: async (ms) => await setTimeout(ms),
  };
  /** How many statements are under way, since when, and how long there were any before. */
  #asking = 0;
  #askedMs = 0;
  #queryMs = 0;
  /** What checkweight says. */
  canCarry = true;
  /** The variables of getd and setd. */
  readonly #permanent = new Map<string, number>();

  /** With a map server, over its C++ commands; else over SQL alone. */
  constructor(connection: Connection, server?: MapServer) {
    this.#connection = connection;
    this.#server = server;
    const way: LibraryWay = server === undefined ? 'sql' : 'commands';
    const text = ['ai_ipc_lib.txt', `ai_ipc_lib_${way}.txt`]
      .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
      .join('');
    const functions = text.matchAll(/^function\tscript\t(\w+)\t\{\n([\s\S]*?)^\}/gm);
    this.#sources = new Map([...functions].map(([, name = '', body = '']) => [name, body]));
  }

  /** What F_AI_Setting says of the codepage; what was known of the one before is forgotten. */
  setCodepage(name: string): void {
    this.#globals['ai_codepage_s'] = [name === 'sjis' ? 'cp932' : name];
  }

  /** What F_AI_Setting says of these; of all others, nothing. */
  setSettings(settings: Readonly<Record<string, string>>): void {
    this.#functions.set('F_AI_Setting', async (_, [name]) => settings[String(name)] ?? '');
  }

  async call(name: string, ...args: (string | number)[]): Promise<string | number> {
    let body = this.#functions.get(name);
    if (body === undefined) {
      const source = this.#sources.get(name);
      if (source === undefined) throw new Error(`The library has no function ${name}.`);
      body = this.#compile(source);
      this.#functions.set(name, body);
    }
    this.calls.push([name, ...args].join(' '));
    return await body(newScope(), args);
  }

  #compile(source: string): ScriptFunction {
    const names = ['v', 'byName', 'g', 'args', ...Object.keys(this.#commands)];
    const run = new AsyncFunction(...names, `${toJavaScript(source)}\nreturn "";`);
    return async (scope, args) =>
      await run(
        scope,
        scope,
        this.#globals,
        args,
        ...Object.values(this.#commands).map((command) => command),
      );
  }

  readonly #commands = {
    callfunc: async (name: string, ...args: (string | number)[]) => await this.call(name, ...args),
    query_sql: async (sql: string, ...into: Values[]) => await this.#query(sql, into),
    explode: (into: Values, text: string, by: string) => {
      into.splice(0, into.length, ...text.split(by));
    },
    setarray: (into: Values, ...values: string[]) => {
      into.splice(0, into.length, ...values);
    },
    getarraysize: (values: Values) => values.length,
    getstrlen: (text: string) => text.length,
    charat: (text: string, at: number) => text[at] ?? '',
    substr: (text: string, from: number, to: number) => text.slice(from, to + 1),
    strpos: (text: string, part: string, from = 0) => (part === '' ? -1 : text.indexOf(part, from)),
    replacestr: (text: string, part: string, by: string) => text.replaceAll(part, by),
    gettimetick: (kind: number) => (kind === 2 ? this.seconds : this.clock.now()),
    sleep: async (ms: number) => await this.clock.sleep(ms),
    getd: (name: string) => this.#permanent.get(name) ?? 0,
    setd: (name: string, value: number) => {
      this.#permanent.set(name, value);
    },
    md5: (text: string) => createHash('md5').update(text, 'latin1').digest('hex'),
    checkweight: () => (this.canCarry ? 1 : 0),
    freeloop: () => 0,
    ai_db_response: async (id: number) => await this.#command('ai_db_response', [id]),
    ai_json_get: async (json: string, path: string) => await this.#command('ai_json_get', [json, path]),
    ai_json_escape: async (text: string) => await this.#command('ai_json_escape', [text]),
    atoi: (text: string) => Math.trunc(Number(text)) || 0,
    strnpcinfo: (what: number) => (what === 4 ? '' : 'Sage#prt'),
    playerattached: () => 0,
    debugmes: (text: string) => {
      this.shown.push(text);
    },
  };

  async #command(name: string, args: readonly (string | number)[]): Promise<string> {
    if (this.#server === undefined) throw new Error(`Without a map server there is no ${name}.`);
    const given = args.map((arg) => (typeof arg === 'string' ? Buffer.from(arg, 'latin1') : arg));
    return (await this.#server.bytes(name, ...given)).toString('latin1');
  }

  async #ask(sql: string): Promise<unknown> {
    if (this.#asking++ === 0) this.#askedMs = performance.now();
    try {
      return await this.#connection.query({ sql, rowsAsArray: true });
    } finally {
      if (--this.#asking === 0) this.#queryMs += performance.now() - this.#askedMs;
    }
  }

  async #query(sql: string, into: readonly Values[]): Promise<number> {
    this.statements += 1;
    // The driver sends UTF-8 only; a text in another codepage has neither quote nor backslash in it.
    const ascii = sql.replace(
      /_binary'([^']*)'/g,
      (_, text: string) => `x'${Buffer.from(text, 'latin1').toString('hex')}'`,
    );
    const result = await this.#ask(withPatience(ascii));
    const rows = Array.isArray(result) ? (result as unknown[][]) : [];
    into.forEach((values, column) => {
      values.splice(0, values.length, ...rows.map((row) => toScriptValue(row[column])));
    });
    return rows.length;
  }
}

/** A minute, so that no test depends on how soon the database has a core. */
function withPatience(sql: string): string {
  return sql.replace('max_statement_time=0.25', 'max_statement_time=60');
}

function toScriptValue(value: unknown): string | number {
  if (Buffer.isBuffer(value)) return value.toString('latin1');
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  return value === null || value === undefined ? '' : Buffer.from(String(value)).toString('latin1');
}

/** Whatever is not set is 0, or "" where its name ends with $. */
function newScope(): Scope {
  return new Proxy<Scope>(
    {},
    {
      get: (scope, name: string) => {
        const values = scope[name] ?? [];
        scope[name] = values;
        const empty = name.endsWith('_s') ? '' : 0;
        return new Proxy(values, {
          get: (all, key) =>
            /^\d+$/.test(String(key)) ? (Reflect.get(all, key) ?? empty) : Reflect.get(all, key),
        });
      },
    },
  );
}

/** Functions that are given a variable and not its value. */
const BY_NAME: ReadonlyMap<string, (at: number) => boolean> = new Map([
  ['query_sql', (at) => at > 0],
  ['explode', (at) => at === 0],
  ['getarraysize', (at) => at === 0],
]);

function toJavaScript(source: string): string {
  const strings: string[] = [];
  const code = source
    .replace(/\/\/.*$|"(?:\\.|[^"\\])*"/gm, (found) =>
      found.startsWith('//') ? '' : `"${strings.push(found) - 1}"`,
    )
    .replace(/^(\s*)(setarray|debugmes|setd|sleep2?|attachrid) ([^;]+);/gm, '$1$2($3);')
    .replace(/\bsetarray\(\.@(\w+)\$\[0\]/g, 'setarray(byName.$1_s');
  const named = [...BY_NAME].reduce((text, [name, isNamed]) => withNames(text, name, isNamed), code);
  return named
    .replace(/([.$]?)@(\w+)(\$?)/g, (_, kind: string, name: string, dollar: string) =>
      variableOf(kind, name, dollar),
    )
    .replace(/\b([vg]\.\w+)\b(?!\[)/g, '$1[0]')
    .replace(/\bgetarg\((\d+)\)/g, 'args[$1]')
    .replace(/\bgetarg\((\d+), /g, '(args[$1] ?? ')
    .replace(/\bgetargcount\(\)/g, 'args.length')
    .replace(/\bcallfunc\(/g, 'await callfunc(')
    .replace(/\b(query_sql|ai_db_response|ai_json_get|ai_json_escape|sleep2?)\(/g, 'await $1(')
    .replace(/"(\d+)"/g, (_, at: string) => strings[Number(at)] ?? '');
}

function variableOf(kind: string, name: string, dollar: string): string {
  const own = kind === '' ? 'player_' : '';
  return `${kind === '.' ? 'v' : 'g'}.${own}${name}${dollar === '' ? '' : '_s'}`;
}

/** The variables that a function is given by name, as arrays. */
function withNames(code: string, name: string, isNamed: (at: number) => boolean): string {
  return code
    .replace(new RegExp(`\\b${name}\\(`, 'g'), `${name}\u0000(`)
    .split('\u0000')
    .map((part, at) => {
      if (at === 0) return part;
      const end = closingBracket(part);
      const args = topLevelArguments(part.slice(1, end));
      const given = args.map((arg, place) =>
        isNamed(place)
          ? arg.replace(
              /^(\s*)\.@(\w+)(\$?)$/,
              (_, space: string, name: string, dollar: string) =>
                `${space}byName.${name}${dollar === '' ? '' : '_s'}`,
            )
          : arg,
      );
      return `(${given.join(',')}${part.slice(end)}`;
    })
    .join('');
}

function closingBracket(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error('A bracket is not closed.');
}

function topLevelArguments(text: string): string[] {
  const args = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '(' || character === '[') depth += 1;
    if (character === ')' || character === ']') depth -= 1;
    if (character === ',' && depth === 0) args.push('');
    else args[args.length - 1] += character;
  }
  return args;
}
