import type { Expression, Statement } from '../script/syntax.ts';
import { callsIn, partsOf, valuesOf, within } from '../script/walk.ts';

/** How a function or command is called, and what it does that a rule wants to know. */
export interface Signature {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** As the comment above it shows it; undefined where it has none. */
  readonly usage: string | undefined;
  /** The script sleeps in it: always, never, or where this argument (from 0) is given and not 0. */
  readonly sleeps: boolean | { readonly withArgument: number };
  /** It makes a request. */
  readonly asks: boolean;
  /** It calls a command or function of AI IPC, as itself or further down. */
  readonly callsAi: boolean;
  /** It writes into the dialogue window. */
  readonly shows: boolean;
  /** It has a close of its own. */
  readonly closes: boolean;
}

/** A function as a file has it. */
export interface DefinedFunction {
  readonly name: string;
  readonly body: readonly Statement[];
  readonly usage: string | undefined;
}

const ROW = /BUILDIN_DEF(?:2?)\(\s*(?:\w+\s*,\s*"(\w+)"|(\w+))\s*,\s*"([^"]*)"\s*\)/g;
/** A command or function of AI IPC. */
export const OURS = /^(?:F_AI_|ai_(?:db|json)_)/i;
const CLOSING = ['close', 'close2', 'close3'];
const SLEEPING = ['sleep', 'sleep2', 'progressbar', 'ai_db_cleanup'];

/** The commands in rows of rAthena's command table: `s`, `i`, `v` … are arguments, `?` may be left out, `*` are any number. */
export function readCommands(definitions: string): Signature[] {
  return [...definitions.matchAll(ROW)].map(([, renamed, plain, words = '']) => {
    const name = renamed ?? plain ?? '';
    const least = words.replace(/[?*]/g, '').length;
    const most = words.includes('*') ? Number.POSITIVE_INFINITY : words.length;
    const does = {
      sleeps: sleepOf(name),
      asks: name === 'ai_db_request',
      callsAi: true,
      shows: false,
      closes: false,
    };
    return { name, least, most, usage: undefined, ...does };
  });
}

/** ai_db_response sleeps only with a time. */
function sleepOf(name: string): Signature['sleeps'] {
  return name === 'ai_db_response' ? { withArgument: 1 } : SLEEPING.includes(name);
}

/** What functions take and do is read from their bodies, so that no list of them can be out of date. */
export function signaturesOf(
  functions: readonly DefinedFunction[],
  commands: readonly Signature[],
): ReadonlyMap<string, Signature> {
  const known = new Map(commands.map((command) => [command.name, command]));
  for (const { name, body, usage } of functions) {
    const before = known.get(name);
    const { least, most } = argumentsOf(body, usage);
    known.set(name, {
      name,
      least: Math.min(least, before?.least ?? least),
      most: Math.max(most, before?.most ?? most),
      usage: usage ?? before?.usage,
      ...{ sleeps: false, asks: false, callsAi: OURS.test(name), shows: false, closes: false },
    });
  }
  // A function sleeps where one that it calls does: gone through until nothing new is found.
  for (let hasNews = true; hasNews; ) hasNews = functions.filter((one) => spread(one, known)).length > 0;
  return known;
}

/** Whether a function is now known to do what it was not known to do. */
function spread({ name, body, usage }: DefinedFunction, known: Map<string, Signature>): boolean {
  const before = known.get(name);
  if (before === undefined) return false;
  const calls = callsIn(body);
  const time = timeArgument(usage ?? before.usage);
  const isSleepy = calls.some((call) => sleepsIn(call, known));
  const now: Signature = {
    ...before,
    sleeps: before.sleeps || (isSleepy && (time === undefined ? true : { withArgument: time })),
    asks: before.asks || calls.some((call) => known.get(call.name)?.asks === true),
    callsAi:
      before.callsAi || calls.some(({ name: one }) => OURS.test(one) || known.get(one)?.callsAi === true),
    shows: before.shows || calls.some((call) => call.name === 'mes' || known.get(call.name)?.shows === true),
    closes:
      before.closes ||
      calls.some((call) => CLOSING.includes(call.name) || known.get(call.name)?.closes === true),
  };
  known.set(name, now);
  return DEEDS.some((deed) => (before[deed] === false) !== (now[deed] === false));
}

const DEEDS = ['sleeps', 'asks', 'callsAi', 'shows', 'closes'] as const;

/** Whether this call makes the script sleep. */
export function sleepsIn(
  call: { readonly name: string; readonly values: readonly Expression[] },
  known: ReadonlyMap<string, Signature>,
): boolean {
  const sleeps = known.get(call.name)?.sleeps ?? SLEEPING.includes(call.name);
  if (typeof sleeps === 'boolean') return sleeps;
  const time = call.values[sleeps.withArgument];
  return time !== undefined && !(time.kind === 'number' && time.value <= 0);
}

/** The argument that its usage calls `timeout_ms=0`: without it, the function does not sleep. */
function timeArgument(usage = ''): number | undefined {
  const names = usage.replace(/^[^(]*\(/, '').split(',');
  const at = names.findIndex((name) => /\btimeout_ms\s*=\s*0\b/.test(name));
  return at < 0 ? undefined : at;
}

interface ArgumentCount {
  readonly least: number;
  readonly most: number;
}

/**
 * What getarg reads; where it computes which, the comment above the function says how many there are:
 * `F_AI_Scene(npc, npc{, npc{, npc}}, topic, lines)`.
 */
function argumentsOf(body: readonly Statement[], usage: string | undefined): ArgumentCount {
  const read = argumentsRead(body);
  if (read.most !== Number.POSITIVE_INFINITY || usage === undefined) return read;
  const list = usage.replace(/^[^(]*\(/, '').replace(/\)$/, '');
  const most = /\.\.\.|…/.test(list) ? read.most : namesIn(list.replace(/[{}]/g, ''));
  return { least: Math.max(read.least, namesIn(withoutBraces(list))), most };
}

function namesIn(list: string): number {
  return list.split(',').filter((name) => name.trim() !== '').length;
}

/** Braces mean that an argument may be left out, and may stand within each other. */
function withoutBraces(list: string): string {
  const inner = list.replace(/\{[^{}]*\}/g, '');
  return inner === list ? list : withoutBraces(inner);
}

function argumentsRead(body: readonly Statement[]): ArgumentCount {
  const uses = [...argumentUses(withoutSubroutines(body), false)];
  const withDefault = new Set(uses.filter(({ hasDefault }) => hasDefault).map(({ index }) => index));
  const needed = uses.filter(({ index, isGuarded }) => !isGuarded && !withDefault.has(index));
  const isOpen = uses.some(({ index }) => index === undefined);
  return {
    least: countOf(needed),
    most: isOpen ? Number.POSITIVE_INFINITY : countOf(uses),
  };
}

/** What `callsub` leads to has arguments of its own. */
function withoutSubroutines(body: readonly Statement[]): readonly Statement[] {
  const targets = subroutinesOf(body);
  const first = body.findIndex(({ kind, ...rest }) => {
    return kind === 'label' && 'name' in rest && targets.has(rest.name.toLowerCase());
  });
  return first < 0 ? body : body.slice(0, first);
}

/** The labels that `callsub` leads to, in lower case. */
export function subroutinesOf(body: readonly Statement[]): ReadonlySet<string> {
  const labels = callsIn(body).flatMap(({ name, values: [label] }) =>
    name === 'callsub' && label?.kind === 'variable' ? [label.name] : [],
  );
  return new Set(labels);
}

function countOf(uses: readonly ArgumentUse[]): number {
  return uses.reduce((most, { index = -1 }) => Math.max(most, index + 1), 0);
}

interface ArgumentUse {
  /** Undefined where it is computed. */
  readonly index: number | undefined;
  readonly hasDefault: boolean;
  readonly isGuarded: boolean;
}

/** Each getarg of a body; behind a look at getargcount() none is needed. */
function* argumentUses(body: readonly Statement[], isGuarded: boolean): Generator<ArgumentUse> {
  for (const statement of body) {
    const isCounted = isGuarded || valuesOf(statement).some(looksAtCount);
    for (const value of valuesOf(statement)) yield* usesIn(value, isCounted);
    // A function within a script has arguments of its own.
    if (statement.kind !== 'function') yield* argumentUses(partsOf(statement), isCounted);
  }
}

function* usesIn(value: Expression, isGuarded: boolean): Generator<ArgumentUse> {
  for (const part of within(value)) {
    if (part.kind !== 'call' || part.name !== 'getarg') continue;
    const [which, otherwise] = part.values;
    const index = which?.kind === 'number' ? which.value : undefined;
    yield { index, isGuarded, hasDefault: otherwise !== undefined };
  }
}

function looksAtCount(value: Expression): boolean {
  return within(value).some((part) => part.kind === 'call' && part.name === 'getargcount');
}
