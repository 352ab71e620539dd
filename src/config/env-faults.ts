import { type Assignment, nameIn, type Quote, type Written } from './env-lines.ts';

/** The variables that settings come from, and whether what they hold is shown nowhere. */
export type Uses = ReadonlyMap<string, Use>;
export type Use = 'secret' | 'plain';

/** What may have been meant otherwise than it is read. */
export interface Fault {
  /** A warning is of what is likely right. */
  readonly kind: 'problem' | 'warning';
  /** Nothing of a value is in them: it may be a password. */
  readonly words: string;
}

export const STRAY_LINE: Fault = problem('this is not NAME=value. A comment begins with #.');

/** A setting that stands between the quotes of another one, where nobody reads it. */
export function faultInside({ name, line, innerLines }: Assignment, uses: Uses): Fault | undefined {
  const names = innerLines.map((inner) => nameIn(inner) ?? '');
  const index = names.findIndex((inner) => uses.has(inner));
  if (index < 0) return undefined;
  return problem(
    `${name} opens a quote that is closed on line ${line + innerLines.length} only, so ${names[index]} on ` +
      `line ${line + 1 + index} is not read. Close it where the value ends.`,
  );
}

/** At most one fault of a variable, none of one that is not in use; `value` is what was read. */
export function faultOf({ name, written }: Assignment, value: string, uses: Uses): Fault | undefined {
  const use = uses.get(name);
  if (use === undefined) return undefined;
  const fault = faultOfWritten(name, written, value);
  // Of a value that is shown, `config check` tells what became of it.
  return fault?.kind === 'warning' && use !== 'secret' ? undefined : fault;
}

function faultOfWritten(name: string, written: Written, value: string): Fault | undefined {
  switch (written.form) {
    case 'bare':
      return faultOfBare(name, written.text, value);
    case 'quoted':
      return faultOfQuoted(name, written, value);
    case 'unclosed':
      return problem(
        `${name} begins with a quote that is not closed. Put the whole value ${inOtherQuotes(name, written)}`,
      );
  }
}

/** A # ends a value that has no quotes, and systemd's EnvironmentFile= keeps it: half a password would be used. */
function faultOfBare(name: string, text: string, value: string): Fault | undefined {
  // A # behind a space mostly begins a comment.
  if (/^[^#]*\s#/.test(text)) return warning(`${name} has a # after a space, which ${CUTS}${name}="…".`);
  if (text.includes('#')) return problem(`${name} has a # that ${CUTS}${name}="…".`);
  if (value !== text)
    return problem(
      `${name} begins or ends with a blank that is neither a space nor a tab. ` +
        `Take it away, or put the value in quotes: ${name}="…".`,
    );
  const [quote] = /["'`]$/.exec(text) ?? [];
  if (quote !== undefined && text.indexOf(quote) === text.length - 1)
    return warning(
      `${name} ends with a quote that nothing opens, and it counts as part of the value. Take it away, or put the ` +
        `whole value between others: ${name}=${quote === "'" ? '"…"' : "'…'"}.`,
    );
  return text.includes('\\') ? faultBesideSystemd(name, text) : undefined;
}

const CUTS = 'would cut its value short. Put the value in quotes: ';

/** Readers do not agree on \" and on text behind the closing quote: some take it, some cut it off in silence. */
function faultOfQuoted(name: string, written: Quoted, value: string): Fault | undefined {
  const { quote, text, behind } = written;
  const meant = quote === '"' ? text.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : text;
  const isMore = !/^\s*(#|$)/.test(behind) || value !== meant;
  if (isMore)
    return problem(
      `${name} goes on behind its closing quote. Put the whole value ${inOtherQuotes(name, written)}`,
    );
  if (behind.includes(quote))
    return warning(
      `${name} has a closing quote in its comment, too. If the value goes on until there, ` +
        `put it ${inOtherQuotes(name, written)}`,
    );
  return quote === '"' ? faultOfBackslash(name, written) : undefined;
}

function faultOfBackslash(name: string, written: Quoted): Fault | undefined {
  const [lineBreak] = /\\[nr]/.exec(written.text) ?? [];
  if (lineBreak !== undefined)
    return warning(
      `${name} has a ${lineBreak} in double quotes, which makes a line break. If the characters themselves are ` +
        `meant, put the value ${inOtherQuotes(name, written)}`,
    );
  // Only before these does systemd take the \ away.
  return /\\(?:[\\`$\n]|$)/.test(written.text) ? faultBesideSystemd(name, written.text) : undefined;
}

/** A value with a ' in it cannot be written in a way that both read alike. */
function faultBesideSystemd(name: string, text: string): Fault | undefined {
  if (text.includes("'")) return undefined;
  return warning(
    `${name} has a \\, which systemd reads otherwise outside single quotes. Put the value in these: ${name}='…'.`,
  );
}

type Quoted = Extract<Written, { form: 'quoted' }>;

function inOtherQuotes(name: string, { quote }: { readonly quote: Quote }): string {
  return `between quotes that are not in it: ${name}=${quote === "'" ? '"…"' : "'…'"}.`;
}

function problem(words: string): Fault {
  return { kind: 'problem', words };
}

function warning(words: string): Fault {
  return { kind: 'warning', words };
}
