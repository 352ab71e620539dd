import type { Fields } from './fields.ts';
import type { Form } from './message.ts';

const QUOTES = `["'“”‘’«»＂\`\\\\]`;
/** A longer text is no answer; each name in it costs a look at the rest. */
const MAX_CHARACTERS = 8_000;

/**
 * The fields of a form where they stand behind their names in no form that can be repaired: text='…' emotion='calm',
 * NpcSpeaks(text="…"), {“text”：“…”}, an object without its first brace, or one with quotes within its text that were not
 * escaped. Each value goes on to the next name; nothing else may stand before the first one, and the words have quotes.
 */
export function readFieldPairs(text: string, form: Form): Fields | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const found = [...text.matchAll(namesOf(form.fields))];
  const [first] = found;
  if (!first || !isWrapper(text.slice(0, first.index))) return undefined;
  const pairs = found.map((one, at) => {
    const value = text.slice(one.index + one[0].length, found[at + 1]?.index ?? text.length);
    return [(one[1] ?? '').toLowerCase(), unquoted(value)] as const;
  });
  const fields = Object.fromEntries(pairs.map(([name, { value }]) => [name, value]));
  const needed = pairs.find(([name]) => name === form.needs)?.[1];
  if (!needed?.value || (form.needs === 'text' && !needed.hasQuotes)) return undefined;
  return pairs.length > 1 || isWrapped(text) ? fields : undefined;
}

/** At the beginning, or behind what ends a value. */
function namesOf(fields: readonly string[]): RegExp {
  return new RegExp(
    `(?:^|(?<=[,{(\\[;，\\n"'”»＂\\d]))\\s*${QUOTES}{0,2}(${fields.join('|')})${QUOTES}{0,2}\\s*(?:=>|[:=：])\\s*`,
    'gi',
  );
}

/** "NpcSpeaks(", "answer = {", "[response]" or nothing. */
function isWrapper(text: string): boolean {
  return (
    /^\W*(?:\w{1,30}\W*){0,2}$/.test(text) &&
    !/[.!?]/.test(text) &&
    (/\w/.test(text) ? /[=({[\]:]/.test(text) : true)
  );
}

function isWrapped(text: string): boolean {
  return /^\W*[\w ]{0,30}[({[]/.test(text);
}

function unquoted(written: string): { value: string; hasQuotes: boolean } {
  const value = written
    .trim()
    .replace(/(?<=["'”»＂`\d\w])[\s,;，)}\]]*$/u, '')
    .trim();
  const inner = /^(["'“«＂`])([\s\S]*)["'”»＂`]$/u.exec(value)?.[2];
  return { value: inner ?? value, hasQuotes: inner !== undefined };
}
