import type { Script } from '../script/script.ts';
import type { Call, Expression, If, Loop, Statement, Switch } from '../script/syntax.ts';
import { isUnattached, pastAll } from './choices.ts';
import { type Given, givenBy, take } from './given.ts';
import { either, type Known, keyOf, NOTHING } from './marks.ts';
import { functionsWithin } from './regions.ts';
import { resultOf } from './results.ts';
import { subroutinesOf } from './signatures.ts';
import {
  assign,
  keyOfAll,
  lasting,
  meet,
  outputOf,
  outputsOf,
  type Reached,
  START,
  type State,
  union,
  type Variables,
} from './state.ts';
import { type Frame, knownFrom, type Valued } from './values.ts';
import type { Returned, World } from './world.ts';

/** A call as it is met on a way through a script. */
export interface MetCall {
  readonly file: string;
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

/** Where a flow begins that is entered by a call. */
interface Entry {
  /** A label of the script, in lower case; undefined for its first line. */
  readonly label: string | undefined;
  readonly given: readonly Known[];
  readonly state: State;
}

/** Commands behind which nothing goes on. */
const ENDING = ['end', 'close', 'close3', 'return', 'exit'];
/** With a warp, the window goes. */
const SHUTTING = ['close', 'close2', 'close3', 'detachrid', 'warp'];
/** Loops within so many loops are gone through once: each level doubles the work. */
const DEEP = 4;
/** A loop and a script are gone through until nothing new is known, or so often. */
const MOST_ROUNDS = 6;
/** Labels of what happens without a click: there, a function has no window to write into. */
const EVENT = /^on(?!touch)/i;

/**
 * Goes all ways through a script and tells what it meets, as often as something further down makes a difference further
 * up. Functions of authors and subroutines are entered with what they are given.
 */
export class Flow implements Frame {
  readonly file: string;
  readonly given: readonly Known[];
  readonly #script: Script;
  readonly #start: State;
  readonly #world: World;
  readonly #entry: Entry | undefined;
  readonly #subroutines: ReadonlySet<string>;
  readonly #local: ReadonlyMap<string, Statement>;
  readonly #jumps = new Map<string, Reached>();
  #lasting: Variables = new Map();
  #listener: FlowListener = SILENT;
  #returned: Returned | undefined;
  /** What the statement calls ends the script. */
  #isOver = false;
  /** Of the loops and switches around: where `break` and `continue` lead. */
  #around: { breaks: Reached; continues: Reached; isLoop: boolean }[] = [];

  constructor(script: Script, world: World, entry?: Entry) {
    this.file = script.file;
    this.given = entry?.given ?? [];
    this.#script = script;
    this.#world = world;
    this.#entry = entry;
    this.#subroutines = subroutinesOf(script.body);
    this.#local = functionsWithin(script.body);
    this.#start = entry?.state ?? { ...START, isSubroutine: script.kind === 'function' };
  }

  get elsewhere(): Variables {
    return this.#world.elsewhere;
  }

  run(listener: FlowListener): void {
    this.#settle();
    this.#listener = listener;
    const last = this.#all();
    if (last && !last.isSubroutine)
      this.#wayOut(last, { line: this.#script.endLine, word: 'the end of the script' });
    this.#world.leave(this.#lasting);
  }

  /** Undefined where nothing comes back. */
  #enter(listener: FlowListener): Returned | undefined {
    this.#settle();
    this.#listener = listener;
    const last = this.#all();
    if (last) this.#comeBack(last, NOTHING);
    return this.#returned;
  }

  /** Goes through it until nothing new is known. */
  #settle(): void {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const before = this.#key();
      this.#all();
      if (this.#key() === before) return;
    }
  }

  #key(): string {
    const jumps = [...this.#jumps].map(([name, reached]) => `${name}:${keyOfReached(reached)}`);
    return [keyOfAll(this.#lasting), ...jumps].join('\n');
  }

  #all(): Reached {
    this.#returned = undefined;
    if (this.#entry?.label !== undefined) return this.#run(this.#script.body, undefined);
    const variables = this.#entry ? this.#start.variables : this.#lasting;
    return this.#run(this.#script.body, { ...this.#start, variables });
  }

  #run(body: readonly Statement[], start: Reached): Reached {
    return body.reduce<Reached>((state, statement) => this.#step(statement, state), start);
  }

  #step(statement: Statement, state: Reached): Reached {
    if (statement.kind === 'label') return this.#label(statement.name, state);
    if (statement.kind === 'function') {
      if (this.#entry === undefined)
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

  #label(name: string, state: Reached): Reached {
    const label = name.toLowerCase();
    const before = meet(state, this.#jumps.get(label));
    const isEvent = EVENT.test(name);
    if (this.#entry) return label === this.#entry.label ? meet(before, this.#start) : before;
    if (before) return { ...before, isEvent: before.isEvent || isEvent };
    return { ...START, variables: this.#lasting, isSubroutine: this.#subroutines.has(label), isEvent };
  }

  #command(value: Expression, state: State): Reached {
    this.#isOver = false;
    const { known, state: after } = knownFrom(value, state, this);
    if (this.#isOver) return undefined;
    if (value.kind !== 'call') return after;
    const { name, line, values } = value;
    if (ENDING.includes(name)) {
      if (name === 'return' && after.isSubroutine) this.#comeBack(after, known);
      else if (name === 'end' || name === 'return') this.#wayOut(after, { line, word: name });
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
    const { state } = knownFrom(test, start, this);
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
    const rounds = this.#around.length > DEEP ? 1 : MOST_ROUNDS;
    for (let round = 0; round < rounds && state !== undefined; round += 1) {
      const known = keyOfReached(state);
      if (form !== 'do') state = this.#test(test, state);
      if (form !== 'do' && !isEndless) after = meet(after, state);
      let end = meet(this.#run([body], state), this.#around.at(-1)?.continues);
      if (form === 'do' && end) end = this.#test(test, end);
      if (form === 'do' && !isEndless) after = meet(after, end);
      state = meet(state, this.#run(step, end));
      if (round > 0 && keyOfReached(state) === known) break;
    }
    const breaks = this.#around.pop()?.breaks;
    return meet(after, breaks);
  }

  #test(test: Expression | undefined, state: State): State {
    return test === undefined ? state : knownFrom(test, state, this).state;
  }

  #switch({ value, cases }: Switch, before: State): Reached {
    const { state } = knownFrom(value, before, this);
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

  call(call: Call, known: readonly Known[], state: State): Valued {
    this.#listener.onCall({ file: this.file, call, values: known });
    const entered = this.#entered(call, known, state);
    if (entered) return this.#windowAfter(call, entered);
    const after = givenBy(call, known).reduce((so, given) => this.#take(so, given), state);
    // `return .@x$;` hands on its value.
    const result = call.name === 'return' ? (known[0] ?? NOTHING) : resultOf(call, known, this.file);
    return this.#windowAfter(call, { known: result, state: after });
  }

  /** `input getarg(0);` is for whoever called. */
  #take(state: State, given: Given): State {
    const { target, value } = given;
    const [place] = target?.kind === 'call' && target.name === 'getarg' ? target.values : [];
    if (place?.kind === 'number') return assign(state, outputOf(place.value), value);
    return take(state, given);
  }

  /** What comes back from a function of an author or from a subroutine; undefined for any other call. */
  #entered(call: Call, known: readonly Known[], state: State): Valued | undefined {
    const [label] = call.values;
    if (call.name === 'callsub' && label?.kind === 'variable') {
      if (!this.#subroutines.has(label.name)) return undefined;
      return this.#through(
        { script: this.#script, label: label.name, call, from: 1, isOwn: true },
        known,
        state,
      );
    }
    const local = this.#local.get(call.name.toLowerCase());
    const script = local
      ? { ...this.#script, body: [local], line: local.line }
      : this.#world.functionOf(call.name);
    const isOwn = local !== undefined;
    return script && this.#through({ script, label: undefined, call, from: 0, isOwn }, known, state);
  }

  #through({ script, label, call, from, isOwn }: Door, values: readonly Known[], state: State): Valued {
    const given = values.slice(from);
    const inner: State = { ...state, isSubroutine: true, variables: lasting(state.variables) };
    const listener = isOwn ? this.#listener : callsOnly(this.#listener);
    const returned = this.#world.enter(
      {
        place: `${script.file}:${script.line}:${label ?? ''}`,
        key: [...given.map(keyOf), keyOfReached(inner), this.#listener === SILENT].join('\n'),
      },
      () => new Flow(script, this.#world, { label, given, state: inner }).#enter(listener),
      { known: NOTHING, variables: inner.variables, isOpen: inner.isOpen, outputs: new Map() },
    );
    if (returned === undefined) {
      this.#isOver = true;
      return { known: NOTHING, state };
    }
    const variables: Variables = new Map([...state.variables, ...returned.variables]);
    const isOpen = isOwn ? returned.isOpen : state.isOpen;
    const outputs = [...returned.outputs].map(([at, value]) => ({ target: call.values[at + from], value }));
    return {
      known: returned.known,
      state: outputs.reduce<State>((so, output) => this.#take(so, output), { ...state, variables, isOpen }),
    };
  }

  #comeBack({ variables, isOpen }: State, known: Known): void {
    const before = this.#returned;
    this.#returned = {
      known: before ? either(before.known, known) : known,
      variables: before ? union(before.variables, lasting(variables)) : lasting(variables),
      isOpen: isOpen && (before?.isOpen ?? true),
      outputs: new Map([...(before?.outputs ?? []), ...outputsOf(variables)]),
    };
  }

  #windowAfter({ name, isFunction }: Call, { known, state }: Valued): Valued {
    const isOpen = this.#isOpenAfter(name, isFunction, state);
    return { known, state: isOpen === state.isOpen ? state : { ...state, isOpen } };
  }

  #isOpenAfter(name: string, isFunction: boolean, { isOpen, isEvent }: State): boolean {
    if (name === 'mes') return true;
    if (SHUTTING.includes(name)) return false;
    const signature = isFunction ? this.#world.signatures.get(name) : undefined;
    if (signature?.closes) return false;
    return isOpen || (signature?.shows === true && !isEvent);
  }

  #wayOut({ isOpen }: State, way: Omit<WayOut, 'isOpen'>): void {
    this.#listener.onWayOut({ ...way, isOpen });
  }

  #remember({ variables }: State): void {
    this.#lasting = union(this.#lasting, lasting(variables));
  }
}

/** What a call enters, and from which of its values on is given to it. */
interface Door {
  readonly script: Script;
  readonly label: string | undefined;
  readonly call: Call;
  readonly from: number;
  /** A subroutine: the window is that of the script, and so are the ways out. */
  readonly isOwn: boolean;
}

const SILENT: FlowListener = { onCall: () => undefined, onWayOut: () => undefined };

/** A function that ends the script is looked at by itself. */
function callsOnly(listener: FlowListener): FlowListener {
  return listener === SILENT ? SILENT : { ...SILENT, onCall: (met) => listener.onCall(met) };
}

function keyOfReached(state: Reached): string {
  if (state === undefined) return '';
  const { variables, isOpen, isSubroutine, isEvent } = state;
  return `${isOpen} ${isSubroutine} ${isEvent}\n${keyOfAll(variables)}`;
}
