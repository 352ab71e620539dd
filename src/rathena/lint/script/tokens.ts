/**
 * The words of rAthena's script language, read as src/map/script.cpp reads them. Files are latin1 text, a character a
 * byte, so that no codepage of an author's editor is a mistake.
 */

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly line: number }
  | { readonly kind: 'text'; readonly text: string; readonly line: number }
  | { readonly kind: 'number'; readonly text: string; readonly line: number }
  | { readonly kind: 'sign'; readonly text: string; readonly line: number }
  | { readonly kind: 'end'; readonly text: ''; readonly line: number };

/** Why a script cannot be read; the map server would not load it either. */
export class ScriptFault extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.name = 'ScriptFault';
    this.line = line;
  }
}

/** A piece of a file. */
export interface Source {
  readonly text: string;
  /** Where it begins. */
  readonly at: number;
  /** The line of that place, from 1. */
  readonly line: number;
}

export interface ReadTokens {
  readonly tokens: readonly Token[];
  /** The place behind the last of them. */
  readonly end: number;
}

/** A variable with its prefix (@ $ $@ . .@ ' # ##) and a $ at its end, or a plain name. */
const WORD = /(?:\$@?|\.@?|##?|@|')?[A-Za-z0-9_]+\$?/y;
const NUMBER = /(?:0[xX][0-9A-Fa-f]+|0[bB][01]+|\d+)(?![A-Za-z0-9_])/y;
/** The longest first. */
const SIGN =
  /<<=|>>=|\+\+|--|&&|\|\||==|!=|<=|>=|<<|>>|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|~=|[-+*/%&|^~!<>=?:;,.()[\]{}]/y;
const BLANK = /(?:[\s\0]+|\/\/[^\n]*)+/y;

/**
 * The words of a script's body, from the place behind its opening brace to the brace that closes it.
 *
 * @throws ScriptFault where the text ends before that brace, or holds what is no word.
 */
export function readBody(source: Source): ReadTokens {
  const reader = new TokenReader(source);
  const tokens: Token[] = [];
  for (let depth = 1; ; ) {
    const token = reader.next();
    if (token.kind === 'end')
      throw new ScriptFault('the script has no closing brace: a } is missing', source.line);
    if (token.kind === 'sign' && token.text === '{') depth += 1;
    if (token.kind === 'sign' && token.text === '}') depth -= 1;
    if (depth === 0) return { tokens, end: reader.at };
    tokens.push(token);
  }
}

/** All words of a text that is a script by itself, such as an item's. */
export function readAll(source: Source): readonly Token[] {
  const reader = new TokenReader(source);
  const tokens: Token[] = [];
  for (let token = reader.next(); token.kind !== 'end'; token = reader.next()) tokens.push(token);
  return tokens;
}

/** The place behind blanks and comments. */
export function skipBlank(text: string, from: number): number {
  for (let at = from; ; ) {
    BLANK.lastIndex = at;
    const found = BLANK.exec(text);
    if (found) at = BLANK.lastIndex;
    if (!text.startsWith('/*', at)) return at;
    const end = text.indexOf('*/', at + 2);
    at = end < 0 ? text.length : end + 2;
  }
}

class TokenReader {
  readonly #text: string;
  #line: number;
  #lineEnd: number;
  at: number;

  constructor({ text, at, line }: Source) {
    this.#text = text;
    this.at = at;
    this.#line = line;
    this.#lineEnd = text.indexOf('\n', at);
  }

  next(): Token {
    this.#moveTo(skipBlank(this.#text, this.at));
    const line = this.#line;
    if (this.at >= this.#text.length) return { kind: 'end', text: '', line };
    if (this.#text[this.at] === '"') return { kind: 'text', text: this.#readText(), line };
    const number = this.#match(NUMBER);
    if (number !== undefined) return { kind: 'number', text: number, line };
    const word = this.#match(WORD);
    if (word !== undefined) return { kind: 'word', text: word, line };
    const sign = this.#match(SIGN);
    if (sign !== undefined) return { kind: 'sign', text: sign, line };
    const code = this.#text.charCodeAt(this.at).toString(16).toUpperCase();
    throw new ScriptFault(
      `the byte 0x${code} stands outside of quotes, where the map server refuses it`,
      line,
    );
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  /** A backslash right behind a byte above 0x7E is the second half of a character, and escapes nothing. */
  #readText(): string {
    const line = this.#line;
    let value = '';
    for (this.at += 1; this.#text[this.at] !== '"'; this.at += 1) {
      const sign = this.#text[this.at];
      if (sign === undefined || sign === '\n')
        throw new ScriptFault('a text has no closing quote on its line', line);
      const isEscape = sign === '\\' && this.#text.charCodeAt(this.at - 1) <= 0x7e;
      if (isEscape) this.at += 1;
      value += isEscape ? unescaped(this.#text[this.at] ?? '') : sign;
    }
    this.at += 1;
    return value;
  }

  /** The end of the line is looked for once: a script may be one long line. */
  #moveTo(place: number): void {
    while (this.#lineEnd >= 0 && this.#lineEnd < place) {
      this.#line += 1;
      this.#lineEnd = this.#text.indexOf('\n', this.#lineEnd + 1);
    }
    this.at = place;
  }
}

/** Which letter is behind `\x` and its kind matters to no rule. */
function unescaped(sign: string): string {
  return sign === 'n' ? '\n' : sign;
}
