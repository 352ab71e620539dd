import { type Cursor, isSign } from './cursor.ts';
import { callOf, parseAssignable, parseExpression, parseList } from './parse-expression.ts';
import type { Case, Expression, Statement } from './syntax.ts';
import { ScriptFault } from './tokens.ts';

/**
 * The statements of a body.
 *
 * @throws ScriptFault at the first that rAthena would not load.
 */
export function parseBody(cursor: Cursor): Statement[] {
  const body: Statement[] = [];
  while (!cursor.isAtEnd) body.push(...parseStatement(cursor));
  return body;
}

const KEYWORDS: Readonly<Record<string, (cursor: Cursor, line: number) => readonly Statement[]>> = {
  if: parseIf,
  while: parseWhile,
  do: parseDo,
  for: parseFor,
  switch: parseSwitch,
  break: parseJump,
  continue: parseJump,
  function: parseFunction,
};

/** One statement; none for a lone `;`. */
function parseStatement(cursor: Cursor): readonly Statement[] {
  return cursor.within(() => parseOneOrNone(cursor));
}

function parseOneOrNone(cursor: Cursor): readonly Statement[] {
  const { kind, text, line } = cursor.peek();
  if (cursor.skip(';')) return [];
  if (cursor.skip('{')) return [{ kind: 'block', body: parseUntilBrace(cursor), line }];
  const word = kind === 'word' ? text.toLowerCase() : '';
  const parse = Object.hasOwn(KEYWORDS, word) ? KEYWORDS[word] : undefined;
  if (parse) return parse(cursor, line);
  if (kind === 'word' && isSign(cursor.peek(1), ':')) {
    cursor.at += 2;
    return [{ kind: 'label', name: text, line }];
  }
  const value = parseCommand(cursor);
  // Behind a value that is given the map server passes over any sign: `.@i = 0,` and `.@a = getarg(0):` are loaded.
  if (value.kind !== 'assignment' || cursor.peek().kind !== 'sign') cursor.expect(';');
  else cursor.take();
  return [{ kind: 'expression', value, line }];
}

function parseUntilBrace(cursor: Cursor): Statement[] {
  const body: Statement[] = [];
  while (!cursor.skip('}')) {
    if (cursor.isAtEnd) throw new ScriptFault('a } is missing before the end of the script', cursor.line);
    body.push(...parseStatement(cursor));
  }
  return body;
}

/** What stands where one statement must: a block where it is none or several. */
function parseOne(cursor: Cursor): Statement {
  const { line } = cursor;
  const [one, ...more] = parseStatement(cursor);
  return one !== undefined && more.length === 0
    ? one
    : { kind: 'block', body: one === undefined ? [] : [one, ...more], line };
}

/** A command with its values, with or without parentheses around them, or a variable that is given a value. */
function parseCommand(cursor: Cursor): Expression {
  const { kind, text, line } = cursor.peek();
  if (kind !== 'word' || isSign(cursor.peek(1), '=', '[', '++', '--') || isCompound(cursor))
    return kind === 'word' ? parseAssignable(cursor) : parseExpression(cursor);
  cursor.take();
  return callOf(text, parseInParentheses(cursor) ?? parseList(cursor, ';', ')'), line);
}

function isCompound(cursor: Cursor): boolean {
  const { kind, text } = cursor.peek(1);
  return kind === 'sign' && /^(?:[-+*/%&|^~]|<<|>>)=$/.test(text);
}

/** `mes (1 + 2) + "a";` begins like `mes("a");`, and is another thing. */
function parseInParentheses(cursor: Cursor): readonly Expression[] | undefined {
  const start = cursor.at;
  if (!cursor.skip('(')) return undefined;
  const values = parseList(cursor, ')');
  if (cursor.skip(')') && (cursor.isSign(';', ')') || cursor.isAtEnd)) return values;
  cursor.at = start;
  return undefined;
}

/** `if (a) && (b)` is loaded, too: its parentheses are those of the values. */
function parseTest(cursor: Cursor): Expression {
  if (!cursor.isSign('(')) cursor.expect('(');
  return parseExpression(cursor);
}

function parseIf(cursor: Cursor, line: number): readonly Statement[] {
  cursor.take();
  const test = parseTest(cursor);
  const then = parseOne(cursor);
  if (!cursor.isWord('else')) return [{ kind: 'if', test, then, otherwise: undefined, line }];
  cursor.take();
  return [{ kind: 'if', test, then, otherwise: parseOne(cursor), line }];
}

function parseWhile(cursor: Cursor, line: number): readonly Statement[] {
  cursor.take();
  const test = parseTest(cursor);
  return [{ kind: 'loop', form: 'while', start: [], test, step: [], body: parseOne(cursor), line }];
}

function parseDo(cursor: Cursor, line: number): readonly Statement[] {
  cursor.take();
  const body = parseOne(cursor);
  if (!cursor.isWord('while')) throw new ScriptFault('a "do" has no "while" behind it', cursor.line);
  cursor.take();
  const test = parseTest(cursor);
  cursor.expect(';');
  return [{ kind: 'loop', form: 'do', start: [], test, step: [], body, line }];
}

function parseFor(cursor: Cursor, line: number): readonly Statement[] {
  cursor.take();
  cursor.expect('(');
  const start = parseStatement(cursor);
  const test = cursor.isSign(';') ? undefined : parseExpression(cursor);
  cursor.expect(';');
  const step: Statement[] = cursor.isSign(')')
    ? []
    : [{ kind: 'expression', value: parseCommand(cursor), line: cursor.line }];
  cursor.expect(')');
  return [{ kind: 'loop', form: 'for', start, test, step, body: parseOne(cursor), line }];
}

function parseSwitch(cursor: Cursor, line: number): readonly Statement[] {
  cursor.take();
  const value = parseTest(cursor);
  cursor.expect('{');
  const cases: Case[] = [];
  while (!cursor.skip('}')) cases.push(parseCase(cursor));
  return [{ kind: 'switch', value, cases, line }];
}

/** Statements before the first `case` are never reached: they are read as one of their own. */
function parseCase(cursor: Cursor): Case {
  const { line } = cursor;
  let value: Expression | undefined;
  if (cursor.isWord('case')) {
    cursor.take();
    // `case X:` must not be read as the end of a choice, which no label can be.
    value = parseExpression(cursor);
    cursor.expect(':');
  } else if (cursor.isWord('default')) {
    cursor.take();
    cursor.expect(':');
  }
  const body: Statement[] = [];
  while (!cursor.isWord('case') && !cursor.isWord('default') && !cursor.isSign('}')) {
    if (cursor.isAtEnd) throw new ScriptFault('a } is missing behind a "switch"', line);
    body.push(...parseStatement(cursor));
  }
  return { value, body, line };
}

function parseJump(cursor: Cursor, line: number): readonly Statement[] {
  const way = cursor.take().text.toLowerCase() === 'break' ? 'break' : 'continue';
  cursor.expect(';');
  return [{ kind: 'jump', way, line }];
}

/** `function name;` says that there will be one, and `function name { … }` is it. */
function parseFunction(cursor: Cursor, line: number): readonly Statement[] {
  cursor.take();
  const { kind, text } = cursor.take();
  if (kind !== 'word') throw new ScriptFault(`a function has no name before ${text}`, line);
  if (cursor.skip(';')) return [];
  return [{ kind: 'function', name: text, body: parseOne(cursor), line }];
}
