import { AiIpcError } from '../base/errors.ts';

/** `-- ` to the end of the line (the blank is needed: `1--1` is a sum), `#`, and comments that are no statement. */
const COMMENT = /--(?=\s|$)[^\n]*|#[^\n]*|\/\*(?!!|M!)[\s\S]*?\*\//y;
/** What a delimiter may stand in without meaning: strings, names, and comments that the server runs. */
const QUOTED = /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`|\/\*(?:!|M!)[\s\S]*?\*\//y;
/** A line of the client's own; it ends no statement and reaches no server. */
const DELIMITER_LINE = /DELIMITER[ \t]+(\S+)[^\n]*/iy;
const BLANK = /\s+/y;
const WORD = /[\w$]+/y;

/**
 * The statements of a .sql file, as the `mariadb` client would send them: split at the delimiter (`;`, or what a
 * DELIMITER line names), without it and without comments before them; comments inside stay. sql_mode ANSI_QUOTES and
 * NO_BACKSLASH_ESCAPES are not reckoned with. Throws AiIpcError (bad_argument) for a quote that does not end.
 */
export function splitSql(script: string): string[] {
  const statements: string[] = [];
  let delimiter = ';';
  let start = 0;
  let at = 0;
  const isBetween = () => start === at;
  while (at < script.length) {
    const skipped = isBetween() ? lengthAt(BLANK, script, at) || lengthAt(COMMENT, script, at) : 0;
    const line = isBetween() && skipped === 0 ? matchAt(DELIMITER_LINE, script, at) : null;
    if (skipped > 0) {
      at += skipped;
      start = at;
    } else if (line) {
      delimiter = line[1] ?? delimiter;
      at += line[0].length;
      start = at;
    } else if (script.startsWith(delimiter, at)) {
      statements.push(script.slice(start, at).trimEnd());
      at += delimiter.length;
      start = at;
    } else {
      at += tokenLength(script, at);
    }
  }
  statements.push(script.slice(start).trimEnd());
  return statements.filter((statement) => statement !== '');
}

/** How long what begins here is: a delimiter inside it means nothing. */
function tokenLength(script: string, at: number): number {
  const length = lengthAt(COMMENT, script, at) || lengthAt(QUOTED, script, at) || lengthAt(WORD, script, at);
  if (length > 0) return length;
  if (!/['"`]/.test(script.charAt(at)) && !script.startsWith('/*', at)) return 1;
  const line = script.slice(0, at).split('\n').length;
  throw new AiIpcError(
    'bad_argument',
    `The SQL script has a quote or a comment without an end in line ${line}.`,
  );
}

function lengthAt(pattern: RegExp, script: string, at: number): number {
  return matchAt(pattern, script, at)?.[0].length ?? 0;
}

function matchAt(pattern: RegExp, script: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(script);
}
