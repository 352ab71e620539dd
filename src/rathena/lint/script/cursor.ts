import { ScriptFault, type Token } from './tokens.ts';

/** What is nested deeper is no script of a person, and would end this program. */
const MOST_DEPTH = 1_000;

/** Where a parser is among the words of a script. */
export class Cursor {
  readonly #tokens: readonly Token[];
  readonly #end: Token;
  #depth = 0;
  at = 0;

  constructor(tokens: readonly Token[], endLine: number) {
    this.#tokens = tokens;
    this.#end = { kind: 'end', text: '', line: endLine };
  }

  peek(ahead = 0): Token {
    return this.#tokens[this.at + ahead] ?? this.#end;
  }

  take(): Token {
    const token = this.peek();
    this.at += 1;
    return token;
  }

  /** Whether one of these signs comes next. */
  isSign(...signs: readonly string[]): boolean {
    return isSign(this.peek(), ...signs);
  }

  /** Takes the sign when it comes next. */
  skip(sign: string): boolean {
    const isThere = this.isSign(sign);
    if (isThere) this.at += 1;
    return isThere;
  }

  expect(sign: string): void {
    if (this.skip(sign)) return;
    const { kind, text, line } = this.peek();
    const what = kind === 'end' ? 'the end of the script' : kind === 'text' ? `"${text}"` : text;
    throw new ScriptFault(`"${sign}" is missing before ${what}`, line);
  }

  /** Whether this word comes next; keywords do not depend on case. */
  isWord(word: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && token.text.toLowerCase() === word;
  }

  /** Reads what stands within something. */
  within<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > MOST_DEPTH)
      throw new ScriptFault(`it is nested more than ${MOST_DEPTH} deep`, this.line);
    const result = read();
    this.#depth -= 1;
    return result;
  }

  get isAtEnd(): boolean {
    return this.peek().kind === 'end';
  }

  get line(): number {
    return this.peek().line;
  }
}

export function isSign(token: Token, ...signs: readonly string[]): boolean {
  return token.kind === 'sign' && signs.includes(token.text);
}
