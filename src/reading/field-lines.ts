import type { Fields } from './fields.ts';
import type { Form } from './message.ts';

/** "text: Well met." or "**Emotion:** calm": a name that was asked for at the beginning of a line. */
const LINE = /^[\s>*_#"'-]{0,8}([a-z]{2,12})[*_"']{0,4}[ \t]?[:=][*_]{0,3}[ \t]*(.*)$/i;

/** The fields of a form that were written one a line without braces; undefined unless two of them are there. */
export function readFieldLines(text: string, form: Form): Fields | undefined {
  const fields: Record<string, string> = {};
  let name: string | undefined;
  for (const line of text.split('\n')) {
    const found = LINE.exec(line);
    const asked = form.fields.find((field) => field === found?.[1]?.toLowerCase());
    if (asked !== undefined) {
      name = asked;
      fields[asked] = found?.[2] ?? '';
    } else if (name !== undefined) fields[name] += `\n${line}`;
  }
  const names = Object.keys(fields);
  if (names.length < 2 || !names.includes(form.needs)) return undefined;
  return Object.fromEntries(names.map((one) => [one, unquote(fields[one] ?? '')]));
}

/** A table of the fields, or a field other than what the NPC says. */
export function beginsWithFields(text: string, { fields, needs }: Form): boolean {
  const others = fields.filter((field) => field !== needs).join('|');
  return new RegExp(`^\\W*(?:${needs}\\W+(?:${others})\\b|(?:${others})\\W{0,4}[:=])`, 'i').test(text);
}

function unquote(value: string): string {
  return value
    .trim()
    .replace(/,$/, '')
    .replace(/^(["'])([\s\S]*)\1$/, '$2');
}
