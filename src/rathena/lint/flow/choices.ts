import type { Expression } from '../script/syntax.ts';
import type { Reached, State } from './state.ts';

const CHOOSING = ['select', 'prompt', 'rand'];

/**
 * What goes past all cases of a switch without a default: nothing where there is a case for each option of a menu. Where
 * the options are not written there, whoever wrote the switch knows them, and no open window is laid to his charge.
 */
export function pastAll(
  value: Expression,
  { cases, state }: { readonly cases: number; readonly state: State },
): Reached {
  if (value.kind !== 'call' || !CHOOSING.includes(value.name)) return state;
  const options = value.name === 'rand' ? undefined : optionsOf(value.values);
  if (options === undefined) return { ...state, isOpen: false };
  return cases >= options ? undefined : state;
}

function optionsOf(values: readonly Expression[]): number | undefined {
  const counts = values.map((value) => (value.kind === 'text' ? value.value.split(':').length : undefined));
  return counts.reduce(
    (sum, count) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  );
}

/** `!playerattached()`. */
export function isUnattached(test: Expression): boolean {
  if (test.kind !== 'unary' || test.sign !== '!') return false;
  const { of } = test;
  return of.kind === 'call' && of.name === 'playerattached';
}
