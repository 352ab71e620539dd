import type { Call, Expression } from '../script/syntax.ts';
import { namedBy } from './given.ts';
import { either, eitherOf, joined, type Known, NOTHING, textOf } from './marks.ts';
import { assign, knownOf, outputOf, type State, type Variables } from './state.ts';

/** What a value is, and what holds behind it. */
export interface Valued {
  readonly known: Known;
  readonly state: State;
}

/** Where a value stands. */
export interface Frame {
  readonly file: string;
  /** What the function or subroutine was called with; nobody knows it where it is looked at by itself. */
  readonly given: readonly Known[];
  readonly elsewhere: Variables;
  call(call: Call, known: readonly Known[], state: State): Valued;
}

export function knownFrom(value: Expression, state: State, frame: Frame): Valued {
  switch (value.kind) {
    case 'text':
      return { known: textOf(value.value), state };
    case 'number':
      return { known: NOTHING, state };
    case 'variable': {
      const after = value.index === undefined ? state : knownFrom(value.index, state, frame).state;
      return { known: knownOf(after, value, frame.elsewhere), state: after };
    }
    case 'unary':
      return { known: NOTHING, state: knownFrom(value.of, state, frame).state };
    case 'binary': {
      const left = knownFrom(value.left, state, frame);
      const right = knownFrom(value.right, left.state, frame);
      const at = { file: frame.file, line: value.line };
      const known = value.sign === '+' ? joined(left.known, right.known, at) : NOTHING;
      return { known, state: right.state };
    }
    case 'choice': {
      const test = knownFrom(value.test, state, frame);
      const one = knownFrom(value.one, test.state, frame);
      const other = knownFrom(value.other, one.state, frame);
      return { known: either(one.known, other.known), state: other.state };
    }
    case 'assignment':
      return assigned(value, state, frame);
    case 'call':
      return called(value, state, frame);
  }
}

function assigned(
  { target, sign, value, line }: Expression & { kind: 'assignment' },
  state: State,
  frame: Frame,
): Valued {
  const { known, state: after } = knownFrom(value, state, frame);
  const before = () => knownOf(after, target, frame.elsewhere);
  const all = sign === '+=' ? joined(before(), known, { file: frame.file, line }) : known;
  return { known: all, state: assign(after, target, all) };
}

function called(call: Call, before: State, frame: Frame): Valued {
  let state = before;
  const known = call.values.map((value) => {
    const one = knownFrom(value, state, frame);
    state = one.state;
    return one.known;
  });
  const [first] = call.values;
  if (call.name === 'getarg') return { known: argument(first, known, { state, frame }), state };
  if (call.name === 'getd' && first) {
    frame.call(call, known, state);
    return { known: knownOf(state, namedBy(first), frame.elsewhere), state };
  }
  // getvariableofnpc(.x$, "NPC"): which NPC's does not matter.
  if (call.name === 'getvariableofnpc' && first?.kind === 'variable')
    return { known: frame.elsewhere.get(first.name) ?? NOTHING, state };
  return frame.call(call, known, state);
}

/** What getarg gives: where it computes which, any of them. */
function argument(
  which: Expression | undefined,
  [, otherwise = NOTHING]: readonly Known[],
  { state, frame }: { readonly state: State; readonly frame: Frame },
): Known {
  if (which?.kind !== 'number') return either(eitherOf(frame.given), otherwise);
  return state.variables.get(outputOf(which.value).name) ?? frame.given[which.value] ?? otherwise;
}
