import type { Call, Expression, Statement, Variable } from './syntax.ts';

/** Every statement of a body, each before those within it. Arrays, since rAthena's 30 MB of scripts are gone through. */
export function statementsIn(body: readonly Statement[], into: Statement[] = []): readonly Statement[] {
  for (const statement of body) {
    into.push(statement);
    statementsIn(partsOf(statement), into);
  }
  return into;
}

/** The statements within one. */
export function partsOf(statement: Statement): readonly Statement[] {
  switch (statement.kind) {
    case 'block':
      return statement.body;
    case 'if':
      return statement.otherwise === undefined ? [statement.then] : [statement.then, statement.otherwise];
    case 'loop':
      return [...statement.start, statement.body, ...statement.step];
    case 'switch':
      return statement.cases.flatMap(({ body }) => body);
    case 'function':
      return [statement.body];
    default:
      return NONE;
  }
}

const NONE: readonly never[] = [];

/** The values that a statement itself has, without those of the statements within. */
export function valuesOf(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case 'expression':
    case 'switch':
      return [statement.value];
    case 'if':
      return [statement.test];
    case 'loop':
      return statement.test === undefined ? [] : [statement.test];
    default:
      return NONE;
  }
}

/** A value and all values within it. */
export function within(value: Expression, into: Expression[] = []): readonly Expression[] {
  into.push(value);
  for (const part of partsOfValue(value)) within(part, into);
  return into;
}

function partsOfValue(value: Expression): readonly Expression[] {
  switch (value.kind) {
    case 'variable':
      return value.index === undefined ? [] : [value.index];
    case 'call':
      return value.values;
    case 'unary':
      return [value.of];
    case 'binary':
      return [value.left, value.right];
    case 'choice':
      return [value.test, value.one, value.other];
    case 'assignment':
      return [value.target, value.value];
    default:
      return NONE;
  }
}

/** Every value of a body, and all values within them. */
export function expressionsIn(body: readonly Statement[]): readonly Expression[] {
  const all: Expression[] = [];
  for (const statement of statementsIn(body)) for (const value of valuesOf(statement)) within(value, all);
  return all;
}

export function callsIn(body: readonly Statement[]): readonly Call[] {
  return expressionsIn(body).filter((value) => value.kind === 'call');
}

/** What decides which way a script goes: tests of if, loop and `?`, and what a switch looks at. */
export function testsIn(body: readonly Statement[]): readonly Expression[] {
  const decided = statementsIn(body).flatMap((one) => (one.kind === 'expression' ? [] : valuesOf(one)));
  const chosen = expressionsIn(body).flatMap((value) => (value.kind === 'choice' ? [value.test] : []));
  return [...decided, ...chosen];
}

export function variablesWithin(value: Expression): readonly Variable[] {
  return within(value).filter((part) => part.kind === 'variable');
}
