/** A setting as it stands in .env; between quotes it may go over several lines. */
export interface Assignment {
  readonly kind: 'assignment';
  /** Counted from 1. */
  readonly line: number;
  readonly name: string;
  /** All of it, with `export` and a comment behind it. */
  readonly text: string;
  readonly written: Written;
  /** Its lines behind the first. */
  readonly innerLines: readonly string[];
}

/** What stands behind the =, without the spaces and tabs around it. */
export type Written =
  | { readonly form: 'bare'; readonly text: string }
  | { readonly form: 'quoted'; readonly quote: Quote; readonly text: string; readonly behind: string }
  /** It begins with a quote that is closed nowhere. */
  | { readonly form: 'unclosed'; readonly quote: Quote };

export type Quote = (typeof QUOTES)[number];

/** A line that is neither a setting, nor a comment, nor empty. */
interface StrayLine {
  readonly kind: 'stray';
  readonly line: number;
}

export type EnvPart = Assignment | StrayLine;

const QUOTES = ['"', "'", '`'] as const;
const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=[ \t]*([\s\S]*)$/;

/** What stands in .env, from top to bottom. */
export function splitEnv(text: string): EnvPart[] {
  const lines = text.split(/\r\n?|\n/);
  const parts: EnvPart[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    if (/^\s*(#|$)/.test(lines[index] ?? '')) continue;
    const part = partAt(lines, index);
    parts.push(part);
    if (part.kind === 'assignment') index += part.innerLines.length;
  }
  return parts;
}

/** The name that a line gives a value, were it a line of its own. */
export function nameIn(line: string): string | undefined {
  return ASSIGNMENT.exec(line)?.[1];
}

function partAt(lines: readonly string[], index: number): EnvPart {
  const first = lines[index] ?? '';
  const [, name, value = ''] = ASSIGNMENT.exec(first) ?? [];
  if (name === undefined) return { kind: 'stray', line: index + 1 };
  const innerLines = innerLinesOf(value, lines.slice(index + 1));
  const text = [first, ...innerLines].join('\n');
  const written = writtenOf([value, ...innerLines].join('\n'));
  return { kind: 'assignment', line: index + 1, name, text, written, innerLines };
}

/** A quote that is not closed on its own line is closed on the next one that has its like, or nowhere. */
function innerLinesOf(value: string, following: readonly string[]): readonly string[] {
  const quote = quoteOf(value);
  if (quote === undefined || value.includes(quote, 1)) return [];
  return following.slice(0, following.findIndex((line) => line.includes(quote)) + 1);
}

function writtenOf(value: string): Written {
  const quote = quoteOf(value);
  if (quote === undefined) return { form: 'bare', text: value.replace(/[ \t]+$/, '') };
  const end = value.indexOf(quote, 1);
  if (end < 0) return { form: 'unclosed', quote };
  return { form: 'quoted', quote, text: value.slice(1, end), behind: value.slice(end + 1) };
}

function quoteOf(value: string): Quote | undefined {
  return QUOTES.find((quote) => value.startsWith(quote));
}
