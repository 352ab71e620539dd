import type { Script } from '../script/script.ts';
import type { Call, Expression, If, Loop, Statement, Switch } from '../script/syntax.ts';
import {
  ANSWER_TEXT,
  either,
  joined,
  type Known,
  NOTHING,
  PLAYER_TEXT,
  REQUEST_ID,
  resultOf,
  textOf,
} from './marks.ts';
import { type Signature, subroutinesOf } from './signatures.ts';
import { assign, knownOf, lasting, meet, type Reached, START, type State } from './state.ts';

/** A call as it is met on a way through a script. */
export interface MetCall {
  readonly call: Call;
  readonly values: readonly Known[];
}

/** A place where a script ends. */
export interface WayOut {
  readonly line: number;
  readonly isOpen: boolean;
  readonly word: string;
}

export interface FlowListener {
  onCall(met: MetCall): void;
  onWayOut(way: WayOut): void;
}

/** Commands behind which nothing goes on. */
const ENDING = ['end', 'close', 'close3', 'return', 'exit'];
/** With a warp, the window goes. */
const SHUTTING = ['close', 'close2', 'close3', 'detachrid', 'warp'];
/** Loops within so many loops are gone through once: each level doubles the work. */
const DEEP = 4;
/** Labels of what happens without a click: there, a function has no window to write into. */
const EVENT = /^on(?!touch)/i;

/**
 * Goes all ways through a script and tells what it meets. Loops and labels are gone through twice, so that what stands
 * further down is known further up.
 */
export class Flow {
  readonly #body: readonly Statement[];
  readonly #endLine: number;
  readonly #start: State;
  readonly #signatures: ReadonlyMap<string, Signature>;
  readonly #subroutines: ReadonlySet<string>;
  readonly #jumps = new Map<string, Reached>();
  #lasting: State['variables'] = new Map();
  #listener: FlowListener = SILENT;
  /** Of the loops and switches around: where `break` and `continue` lead. */
  #around: { breaks: Reached; continues: Reached; isLoop: boolean }[] = [];

  constructor({ kind, body, endLine }: Script, signatures: ReadonlyMap<string, Signature>) {
    this.#body = body;
    this.#endLine = endLine;
    this.#signatures = signatures;
    this.#subroutines = subroutinesOf(body);
    this.#start = { ...START, isSubroutine: kind === 'function' };
  }

  run(listener: FlowListener): void {
    this.#all();
    this.#listener = listener;
    const last = this.#all();
    if (last && !last.isSubroutine)
      this.#wayOut(last, { line: this.#endLine, word: 'the end of the script' });
  }

  #all(): Reached {
    return this.#run(this.#body, { ...this.#start, variables: this.#lasting });
  }

  #run(body: readonly Statement[], start: Reached): Reached {
    return body.reduce<Reached>((state, statement) => this.#step(statement, state), start);
  }

  #step(statement: Statement, state: Reached): Reached {
    if (statement.kind === 'label') return this.#label(statement.name, state);
    if (statement.kind === 'function') {
      this.#run([statement.body], { ...START, isSubroutine: true, variables: this.#lasting });
      return state;
    }
    // What nothing leads to may still hold a label that something does.
    if (statement.kind === 'block') return this.#run(statement.body, state);
    if (state === undefined) return undefined;
    switch (statement.kind) {
      case 'expression':
        return this.#command(statement.value, state);
      case 'if':
        return this.#if(statement, state);
      case 'loop':
        return this.#loop(statement, state);
      case 'switch':
        return this.#switch(statement, state);
      case 'jump':
        this.#jump(statement.way, state);
        return undefined;
    }
  }

  #label(name: string, state: Reached): State {
    const isSubroutine = this.#subroutines.has(name.toLowerCase());
    const before = meet(state, this.#jumps.get(name.toLowerCase()));
    const isEvent = EVENT.test(name);
    if (before) return { ...before, isEvent: before.isEvent || isEvent };
    return { ...START, variables: this.#lasting, isSubroutine, isEvent };
  }

  #command(value: Expression, state: State): Reached {
    const after = this.#value(value, state).state;
    if (value.kind !== 'call') return after;
    const { name, line, values } = value;
    if (ENDING.includes(name)) {
      if (name === 'end' || (name === 'return' && !after.isSubroutine))
        this.#wayOut(after, { line, word: name });
      this.#remember(after);
      return undefined;
    }
    if (name === 'goto') return this.#leadTo(values[0], after);
    if (name === 'menu') for (const target of values) this.#leadTo(target, after);
    return after;
  }

  #leadTo(target: Expression | undefined, state: State): undefined {
    if (target?.kind !== 'variable') return undefined;
    this.#jumps.set(target.name, meet(this.#jumps.get(target.name), state));
    return undefined;
  }

  #if({ test, then, otherwise }: If, start: State): Reached {
    const { state } = this.#value(test, start);
    const one = this.#run([then], isUnattached(test) ? { ...state, isOpen: false } : state);
    const other = isUnattached({ kind: 'unary', sign: '!', of: test, line: 0 })
      ? { ...state, isOpen: false }
      : state;
    return meet(one, otherwise === undefined ? other : this.#run([otherwise], other));
  }

  #loop({ form, start, test, step, body }: Loop, before: State): Reached {
    let state = this.#run(start, before);
    const isEndless = test === undefined || (test.kind === 'number' && test.value !== 0);
    let after: Reached;
    this.#around.push({ breaks: undefined, continues: undefined, isLoop: true });
    const rounds = this.#around.length > DEEP ? 1 : 2;
    for (let round = 0; round < rounds && state !== undefined; round += 1) {
      if (form !== 'do') state = this.#test(test, state);
      if (form !== 'do' && !isEndless) after = meet(after, state);
      let end = meet(this.#run([body], state), this.#around.at(-1)?.continues);
      if (form === 'do' && end) end = this.#test(test, end);
      if (form === 'do' && !isEndless) after = meet(after, end);
      state = meet(state, this.#run(step, end));
    }
    const breaks = this.#around.pop()?.breaks;
    return meet(after, breaks);
  }

  #test(test: Expression | undefined, state: State): State {
    return test === undefined ? state : this.#value(test, state).state;
  }

  #switch({ value, cases }: Switch, before: State): Reached {
    const { state } = this.#value(value, before);
    let through: Reached;
    this.#around.push({ breaks: undefined, continues: undefined, isLoop: false });
    for (const { body } of cases) through = this.#run(body, meet(through, state));
    const breaks = this.#around.pop()?.breaks;
    const hasDefault = cases.some((one) => one.value === undefined);
    const past = hasDefault ? undefined : pastAll(value, { cases: cases.length, state });
    return meet(meet(through, breaks), past);
  }

  #jump(way: 'break' | 'continue', state: State): void {
    const around = this.#around.findLast(({ isLoop }) => isLoop || way === 'break');
    if (around === undefined) return;
    if (way === 'break') around.breaks = meet(around.breaks, state);
    else around.continues = meet(around.continues, state);
  }

  #value(value: Expression, state: State): { readonly known: Known; readonly state: State } {
    switch (value.kind) {
      case 'text':
        return { known: textOf(value.value), state };
      case 'number':
        return { known: NOTHING, state };
      case 'variable': {
        const after = value.index === undefined ? state : this.#value(value.index, state).state;
        return { known: knownOf(after, value), state: after };
      }
      case 'unary':
        return { known: NOTHING, state: this.#value(value.of, state).state };
      case 'binary': {
        const left = this.#value(value.left, state);
        const right = this.#value(value.right, left.state);
        const known = value.sign === '+' ? joined(left.known, right.known, value.line) : NOTHING;
        return { known, state: right.state };
      }
      case 'choice': {
        const test = this.#value(value.test, state);
        const one = this.#value(value.one, test.state);
        const other = this.#value(value.other, one.state);
        return { known: either(one.known, other.known), state: other.state };
      }
      case 'assignment': {
        const { known, state: after } = this.#value(value.value, state);
        const isAdded = value.sign === '+=';
        const all = isAdded ? joined(knownOf(after, value.target), known, value.line) : known;
        return { known: all, state: assign(after, value.target, all) };
      }
      case 'call':
        return this.#call(value, state);
    }
  }

  #call(call: Call, before: State): { readonly known: Known; readonly state: State } {
    let state = before;
    const values = call.values.map((value) => {
      const one = this.#value(value, state);
      state = one.state;
      return one.known;
    });
    this.#listener.onCall({ call, values });
    return { known: resultOf(call, values), state: this.#windowAfter(call, given(call, values, state)) };
  }

  #windowAfter({ name, isFunction }: Call, state: State): State {
    if (name === 'mes') return { ...state, isOpen: true };
    if (SHUTTING.includes(name)) return { ...state, isOpen: false };
    const signature = isFunction ? this.#signatures.get(name) : undefined;
    if (signature?.closes) return { ...state, isOpen: false };
    return signature?.shows && !state.isEvent ? { ...state, isOpen: true } : state;
  }

  #wayOut({ isOpen }: State, way: Omit<WayOut, 'isOpen'>): void {
    this.#listener.onWayOut({ ...way, isOpen });
  }

  #remember(state: State): void {
    this.#lasting =
      meet({ ...START, variables: this.#lasting }, { ...START, variables: lasting(state) })?.variables ??
      this.#lasting;
  }
}

/**
 * What goes past all cases of a switch without a default: nothing where there is a case for each option of a menu. Where
 * the options are not written there, whoever wrote the switch knows them, and no open window is laid to his charge.
 */
function pastAll(
  value: Expression,
  { cases, state }: { readonly cases: number; readonly state: State },
): Reached {
  if (value.kind !== 'call' || !CHOOSING.includes(value.name)) return state;
  const options = value.name === 'rand' ? undefined : optionsOf(value.values);
  if (options === undefined) return { ...state, isOpen: false };
  return cases >= options ? undefined : state;
}

const CHOOSING = ['select', 'prompt', 'rand'];

function optionsOf(values: readonly Expression[]): number | undefined {
  const counts = values.map((value) => (value.kind === 'text' ? value.value.split(':').length : undefined));
  return counts.reduce(
    (sum, count) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  );
}

const SILENT: FlowListener = { onCall: () => undefined, onWayOut: () => undefined };

/** `!playerattached()`. */
function isUnattached(test: Expression): boolean {
  if (test.kind !== 'unary' || test.sign !== '!') return false;
  const { of } = test;
  return of.kind === 'call' && of.name === 'playerattached';
}

/** Commands that give a value to the variables that they name. */
function given({ name, values }: Call, known: readonly Known[], state: State): State {
  const [first] = values;
  const rest = known.slice(1).reduce(either, NOTHING);
  const into = (value: Known) => (first?.kind === 'variable' ? assign(state, first, value) : state);
  switch (name) {
    case 'input':
      return first?.kind === 'variable' && first.name.endsWith('$') ? into(PLAYER_TEXT) : into(NOTHING);
    case 'set':
    case 'setarray':
    case 'explode':
    case 'copyarray':
    case 'cleararray':
      return into(rest);
    case 'query_sql':
    case 'query_logsql':
      return fetched(values, state);
    default:
      return state;
  }
}

/** What is read from the tables of AI IPC by hand. */
function fetched([query, ...into]: readonly Expression[], state: State): State {
  const text = query === undefined ? '' : wordsOf(query);
  const isId = /\blast_insert_id\b|\breturning\s+id\b|\bselect\s+id\s+from\s+ai_requests/i.test(text);
  return into.reduce<State>((after, target) => {
    if (target.kind !== 'variable') return after;
    const isAnswer = target.name.endsWith('$') && /\bai_responses\b/i.test(text);
    return assign(after, target, isAnswer ? ANSWER_TEXT : isId ? REQUEST_ID : NOTHING);
  }, state);
}

function wordsOf(value: Expression): string {
  if (value.kind === 'text') return value.value;
  return value.kind === 'binary' ? `${wordsOf(value.left)} ${wordsOf(value.right)}` : '';
}
