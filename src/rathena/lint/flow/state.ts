import type { Variable } from '../script/syntax.ts';
import { either, type Known, NOTHING, PLAYER_TEXT } from './marks.ts';

/** What holds at a place of a script. */
export interface State {
  readonly variables: ReadonlyMap<string, Known>;
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
const FROM_PLAYERS = /^(?:\$@p\d\$|@whispervar\d\$|\.@atcmd_parameters\$)$/;

export function knownOf({ variables }: State, { name }: Variable): Known {
  return variables.get(name) ?? (FROM_PLAYERS.test(name) ? PLAYER_TEXT : NOTHING);
}

/** Of an array, one element is set: what the others are stays. */
export function assign(state: State, { name, index }: Variable, value: Known): State {
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

function union(one: State['variables'], other: State['variables']): State['variables'] {
  if (one === other) return one;
  const all = new Map(one);
  for (const [name, known] of other) all.set(name, either(known, one.get(name) ?? NOTHING));
  return all;
}

/** What stays when a script ends and another of the NPC begins: all but the .@ variables. */
export function lasting({ variables }: State): State['variables'] {
  return new Map([...variables].filter(([name]) => !name.startsWith('.@')));
}
