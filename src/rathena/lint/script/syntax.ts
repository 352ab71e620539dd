/** A script as the rules see it. Names of commands and variables do not depend on case in rAthena: they are lower here. */

export type Expression =
  | { readonly kind: 'text'; readonly value: string; readonly line: number }
  | { readonly kind: 'number'; readonly value: number; readonly line: number }
  | Variable
  | Call
  | { readonly kind: 'unary'; readonly sign: string; readonly of: Expression; readonly line: number }
  | Binary
  | {
      readonly kind: 'choice';
      readonly test: Expression;
      readonly one: Expression;
      readonly other: Expression;
      readonly line: number;
    }
  | Assignment;

export interface Binary {
  readonly kind: 'binary';
  readonly sign: string;
  readonly left: Expression;
  readonly right: Expression;
  readonly line: number;
}

/** A variable or the name of a constant or a label. */
export interface Variable {
  readonly kind: 'variable';
  readonly name: string;
  readonly index: Expression | undefined;
  readonly line: number;
}

export interface Call {
  readonly kind: 'call';
  /** In lower case; of callfunc with a name in quotes, that name as it stands there. */
  readonly name: string;
  /** A function of a library, and no command. */
  readonly isFunction: boolean;
  /** Without the function's name. */
  readonly values: readonly Expression[];
  readonly line: number;
}

export interface Assignment {
  readonly kind: 'assignment';
  readonly target: Variable;
  readonly sign: string;
  readonly value: Expression;
  readonly line: number;
}

export type Statement =
  | { readonly kind: 'expression'; readonly value: Expression; readonly line: number }
  | { readonly kind: 'block'; readonly body: readonly Statement[]; readonly line: number }
  | If
  | Loop
  | Switch
  | { readonly kind: 'label'; readonly name: string; readonly line: number }
  | { readonly kind: 'jump'; readonly way: 'break' | 'continue'; readonly line: number }
  | LocalFunction;

export interface If {
  readonly kind: 'if';
  readonly test: Expression;
  readonly then: Statement;
  readonly otherwise: Statement | undefined;
  readonly line: number;
}

export interface Loop {
  readonly kind: 'loop';
  readonly form: 'while' | 'do' | 'for';
  readonly start: readonly Statement[];
  readonly test: Expression | undefined;
  readonly step: readonly Statement[];
  readonly body: Statement;
  readonly line: number;
}

export interface Case {
  /** Undefined for `default`. */
  readonly value: Expression | undefined;
  readonly body: readonly Statement[];
  readonly line: number;
}

export interface Switch {
  readonly kind: 'switch';
  readonly value: Expression;
  readonly cases: readonly Case[];
  readonly line: number;
}

interface LocalFunction {
  readonly kind: 'function';
  readonly name: string;
  readonly body: Statement;
  readonly line: number;
}
