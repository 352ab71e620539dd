import type { Call, Expression, Variable } from '../script/syntax.ts';
import { ANSWER_TEXT, eitherOf, type Known, NOTHING, PLAYER_NAME, REQUEST_ID, TYPED_TEXT } from './marks.ts';
import { assign, type State } from './state.ts';

/** What a command puts somewhere: into a variable, or into an argument of the function that it stands in. */
export interface Given {
  readonly target: Expression | undefined;
  readonly value: Known;
}

/** Commands that give a value to the variables that they name. */
export function givenBy({ name, values }: Call, known: readonly Known[]): readonly Given[] {
  const [first, second] = values;
  switch (name) {
    case 'input':
      return [{ target: first, value: isTextual(first) ? TYPED_TEXT : NOTHING }];
    case 'set':
    case 'setarray':
    case 'explode':
    case 'copyarray':
    case 'cleararray':
      return [{ target: first, value: eitherOf(known.slice(1)) }];
    case 'setd':
      return [{ target: first === undefined ? undefined : namedBy(first), value: known[1] ?? NOTHING }];
    case 'sscanf':
      return values.slice(2).map((target) => ({ target, value: known[0] ?? NOTHING }));
    case 'query_sql':
    case 'query_logsql':
      return fetched(values);
    case 'getmapxy':
      return [{ target: second, value: NOTHING }];
    default:
      return [];
  }
}

function isTextual(target: Expression | undefined): boolean {
  return target?.kind !== 'variable' || target.name.endsWith('$');
}

/** The state with what was given to a variable. */
export function take(state: State, { target, value }: Given): State {
  if (target?.kind === 'variable') return assign(state, target, value);
  const named = target?.kind === 'call' && target.name === 'getd' ? target.values[0] : undefined;
  return named === undefined ? state : assign(state, namedBy(named), value);
}

/** The variable that setd and getd mean; what is computed of its name is a *, and an index makes no other. */
export function namedBy(name: Expression): Variable {
  const whole = patternOf(name).toLowerCase();
  const bracket = whole.indexOf('[');
  const hasIndex = bracket > 0 || whole.includes('*');
  return {
    kind: 'variable',
    name: bracket > 0 ? whole.slice(0, bracket) : whole,
    index: hasIndex ? { kind: 'number', value: 0, line: name.line } : undefined,
    line: name.line,
  };
}

function patternOf(name: Expression): string {
  if (name.kind === 'text') return name.value;
  const isJoined = name.kind === 'binary' && name.sign === '+';
  return isJoined ? `${patternOf(name.left)}${patternOf(name.right)}` : '*';
}

/** What is read from tables by hand: of AI IPC, and of rAthena's own those that hold names of players. */
function fetched([query, ...into]: readonly Expression[]): readonly Given[] {
  const text = query === undefined ? '' : wordsOf(query);
  const isId = /\blast_insert_id\b|\breturning\s+id\b|\bselect\s+id\s+from\s+ai_requests/i.test(text);
  const isName = /\bname\b.*\bfrom\s+`?(?:char|guild|party|pet|homunculus|mercenary)\b/i.test(text);
  return into.map((target) => {
    if (!isTextual(target)) return { target, value: isId ? REQUEST_ID : NOTHING };
    const isAnswer = /\bai_responses\b/i.test(text);
    return { target, value: isAnswer ? ANSWER_TEXT : isName ? PLAYER_NAME : isId ? REQUEST_ID : NOTHING };
  });
}

function wordsOf(value: Expression): string {
  if (value.kind === 'text') return value.value;
  return value.kind === 'binary' ? `${wordsOf(value.left)} ${wordsOf(value.right)}` : '';
}
