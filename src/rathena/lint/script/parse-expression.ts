import type { Cursor } from './cursor.ts';
import type { Assignment, Call, Expression, Variable } from './syntax.ts';
import { ScriptFault } from './tokens.ts';

/** How strongly a sign binds; the levels of parse_subexpr in rAthena's script.cpp. */
const LEVELS: Readonly<Record<string, number>> = {
  ...{ '?': 0, '||': 1, '&&': 2, '|': 3, '^': 4, '&': 5, '==': 6, '!=': 6 },
  ...{ '<': 7, '<=': 7, '>': 7, '>=': 7, '<<': 8, '>>': 8, '+': 9, '-': 9, '*': 10, '/': 10, '%': 10 },
};
const UNARY_LEVEL = 11;
const ASSIGNING = ['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '~=', '<<=', '>>='];
const COUNTING = ['++', '--'];

/** More parts in one value would end this program; rAthena's own longest has some hundred. */
const MOST_PARTS = 4_000;

export function parseExpression(cursor: Cursor, limit = -1): Expression {
  return cursor.within(() => parseParts(cursor, limit));
}

function parseParts(cursor: Cursor, limit: number): Expression {
  let left = parseUnary(cursor);
  for (let parts = 1; ; parts += 1) {
    const { kind, text, line } = cursor.peek();
    const level = kind === 'sign' ? LEVELS[text] : undefined;
    if (level === undefined || level <= limit) return left;
    if (parts > MOST_PARTS) throw new ScriptFault(`a value has more than ${MOST_PARTS} parts`, line);
    cursor.take();
    if (text !== '?') {
      left = { kind: 'binary', sign: text, left, right: parseExpression(cursor, level), line };
      continue;
    }
    const one = parseExpression(cursor);
    cursor.expect(':');
    left = { kind: 'choice', test: left, one, other: parseExpression(cursor), line };
  }
}

/** Values with commas between, up to a sign that is none of theirs. */
export function parseList(cursor: Cursor, ...ends: readonly string[]): Expression[] {
  const values: Expression[] = [];
  if (cursor.isSign(...ends) || cursor.isAtEnd) return values;
  do values.push(parseExpression(cursor));
  while (cursor.skip(','));
  return values;
}

function parseUnary(cursor: Cursor): Expression {
  const { text, line } = cursor.peek();
  // `menu "…",-;`: the next line.
  if (cursor.isSign('-') && [';', ','].includes(cursor.peek(1).text)) {
    cursor.take();
    return { kind: 'variable', name: '-', index: undefined, line };
  }
  if (cursor.isSign('-', '!', '~')) {
    cursor.take();
    return { kind: 'unary', sign: text, of: parseExpression(cursor, UNARY_LEVEL), line };
  }
  if (cursor.isSign(...COUNTING)) {
    cursor.take();
    return countedBy(parseVariable(cursor), text);
  }
  return parsePlain(cursor);
}

function parsePlain(cursor: Cursor): Expression {
  const { kind, text, line } = cursor.peek();
  if (cursor.skip('(')) {
    const inner = parseExpression(cursor);
    cursor.expect(')');
    return inner;
  }
  if (kind === 'text' || kind === 'number') {
    cursor.take();
    return kind === 'text' ? { kind, value: text, line } : { kind, value: Number(text), line };
  }
  if (kind !== 'word')
    throw new ScriptFault(`a value is missing before ${text === '' ? 'the end of the script' : text}`, line);
  if (cursor.peek(1).text === '(' && cursor.peek(1).kind === 'sign') {
    cursor.take();
    cursor.expect('(');
    const values = parseList(cursor, ')');
    cursor.expect(')');
    return callOf(text, values, line);
  }
  return parseAssignable(cursor);
}

/** A variable, and what is done with it at once. */
export function parseAssignable(cursor: Cursor): Expression {
  const target = parseVariable(cursor);
  const { text, line } = cursor.peek();
  if (cursor.isSign(...COUNTING)) {
    cursor.take();
    return countedBy(target, text);
  }
  if (!cursor.isSign(...ASSIGNING)) return target;
  cursor.take();
  return { kind: 'assignment', target, sign: text, value: parseExpression(cursor), line };
}

function parseVariable(cursor: Cursor): Variable {
  const { kind, text, line } = cursor.take();
  if (kind !== 'word') throw new ScriptFault(`a name is missing before ${text}`, line);
  let index: Expression | undefined;
  if (cursor.skip('[')) {
    index = parseExpression(cursor);
    cursor.expect(']');
  }
  return { kind: 'variable', name: text.toLowerCase(), index, line };
}

function countedBy(target: Variable, sign: string): Expression {
  const { line } = target;
  return { kind: 'assignment', target, sign, value: { kind: 'number', value: 1, line }, line };
}

/** `callfunc("F_X", 1)` is a call of F_X; so is `F_X(1)`, which the map server takes once F_X is loaded. */
export function callOf(text: string, values: readonly Expression[], line: number): Call | Assignment {
  const [first, ...rest] = values;
  const name = text.toLowerCase();
  if (name === 'callfunc' && first?.kind === 'text')
    return { kind: 'call', name: first.value, isFunction: true, values: rest, line };
  const [target, value, ...others] = values;
  // The old way to write `.@x = 1`.
  if (name === 'set' && target?.kind === 'variable' && value !== undefined && others.length === 0)
    return { kind: 'assignment', target, sign: '=', value, line };
  const isFunction = /^f_/.test(name);
  return { kind: 'call', name: isFunction ? text : name, isFunction, values, line };
}
