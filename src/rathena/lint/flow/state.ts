import type { Variable } from '../script/syntax.ts';
import { either, type Known, keyOf, NOTHING, PLAYER_NAME, TYPED_TEXT } from './marks.ts';

/** What variables hold, by their names. */
export type Variables = ReadonlyMap<string, Known>;

/** What holds at a place of a script. */
export interface State {
  readonly variables: Variables;
  /** A dialogue window is open on every way to here. */
  readonly isOpen: boolean;
  /** Only `callsub` leads here, so that `return` goes back. */
  readonly isSubroutine: boolean;
  /** The label of an event leads here: nobody may be there to see a window. */
  readonly isEvent: boolean;
}

/** Undefined behind an `end`: nothing leads there. */
export type Reached = State | undefined;

export const START: State = {
  variables: new Map(),
  isOpen: false,
  isSubroutine: false,
  isEvent: false,
};

/** What the map server itself fills with a player's words: a pattern that matched, a whisper, an @command. */
const TYPED = /^(?:\$@p\d\$|@whispervar\d\$|\.@atcmd_parameters\$)$/;
/** What getpartymember and getguildmember fill. */
const NAMES = /^\$@(?:party|guild)membername\$$/;

/** What a variable holds: as this script has set it, else as another one may have (`elsewhere`). */
export function knownOf({ variables }: State, { name }: Pick<Variable, 'name'>, elsewhere: Variables): Known {
  // Another NPC's .x$ is another variable.
  const known = variables.get(name) ?? (name.startsWith('.') ? undefined : elsewhere.get(name));
  if (known) return known;
  if (TYPED.test(name)) return TYPED_TEXT;
  return NAMES.test(name) ? PLAYER_NAME : NOTHING;
}

/** Of an array, one element is set: what the others are stays. */
export function assign(state: State, { name, index }: Pick<Variable, 'name' | 'index'>, value: Known): State {
  const variables = new Map(state.variables);
  variables.set(name, index === undefined ? value : either(value, variables.get(name) ?? NOTHING));
  return { ...state, variables };
}

/** Where two ways meet. */
export function meet(one: Reached, other: Reached): Reached {
  if (one === undefined || one === other) return other;
  if (other === undefined) return one;
  return {
    variables: union(one.variables, other.variables),
    isOpen: one.isOpen && other.isOpen,
    isSubroutine: one.isSubroutine && other.isSubroutine,
    isEvent: one.isEvent || other.isEvent,
  };
}

export function union(one: Variables, other: Variables): Variables {
  if (one === other) return one;
  const all = new Map(one);
  for (const [name, known] of other) all.set(name, either(known, one.get(name) ?? NOTHING));
  return all;
}

/** What stays when a script ends and another begins: all but the .@ variables. */
export function lasting(variables: Variables): Variables {
  return new Map([...variables].filter(([name]) => !name.startsWith('.@')));
}

/** The variables in one word, to tell whether something was known before. */
export function keyOfAll(variables: Variables): string {
  return [...variables]
    .filter(([, known]) => known !== NOTHING)
    .map(([name, known]) => `${name}=${keyOf(known)}`)
    .sort()
    .join('\n');
}

/** What a script has put into its own argument, as a variable of no other's name: `input getarg(0);` */
export function outputOf(place: number): Pick<Variable, 'name' | 'index'> {
  return { name: `${OUTPUT}${place}`, index: undefined };
}

/** All of these, by their places. */
export function outputsOf(variables: Variables): ReadonlyMap<number, Known> {
  return new Map(
    [...variables].flatMap(([name, known]) =>
      name.startsWith(OUTPUT) ? [[Number(name.slice(OUTPUT.length)), known] as const] : [],
    ),
  );
}

const OUTPUT = '.@getarg ';
