import type { Fields } from './fields.ts';
import type { Form } from './message.ts';

/** "text: Well met." or "**Emotion:** calm": a name that was asked for at the beginning of a line. */
const LINE = /^(?:[\s>*_#"'-]|\d{1,2}[.)]){0,8}([a-z]{2,12})[*_"']{0,4}[ \t]?[:=][*_]{0,3}[ \t]*(.*)$/i;

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

/** What the fields other than the words hold, where they stand as lines behind these. */
const SHORT_VALUES: Readonly<Record<string, RegExp>> = {
  emotion: /^\p{L}{3,16}$/u,
  mood: /^\p{L}{3,16}$/u,
  action: /^[\p{L}'’ ,]{0,60}$/u,
};
const NUMBER = /^"?-?\d{1,3}(?:\.\d+)?"?$/;
const LAST_TAG = /(?:^|[\s.!?…"”])[([<{]\s*(?:emotion|mood|action|choice)\s*[:=][^()[\]<>{}]{1,80}[)\]>}]/giu;

export interface WithFields {
  readonly words: string;
  readonly fields: Fields;
}

/**
 * Words with fields behind them ("Emotion: calm" as the last line) or tags of fields among them ("[emotion: calm]").
 * Only what a field can hold is one: "Emotion: not for sale!" is said.
 */
export function takeFieldsBehind(text: string, { fields, needs }: Form): WithFields {
  const taken: Record<string, string> = {};
  const lines = text.replace(LAST_TAG, (tag) => tag.slice(0, tag.search(/[([<{]/))).split('\n');
  for (let line = lines.at(-1); line !== undefined && lines.length > 1; line = lines.at(-1)) {
    const [, name = '', value = ''] = LINE.exec(line) ?? [];
    const key = name.toLowerCase();
    const isField = key !== needs && (fields.includes(key) || key === 'mood');
    const fits = (SHORT_VALUES[key] ?? NUMBER).test(unquote(value.replace(/[*_.]+$/, '')));
    if (line.trim() !== '' && !(isField && fits)) break;
    if (isField) taken[key] = unquote(value);
    lines.pop();
  }
  return { words: lines.join('\n').trim(), fields: taken };
}

/** A table of the fields, or a field other than what the NPC says. */
export function beginsWithFields(text: string, { fields, needs }: Form): boolean {
  const others = fields.filter((field) => field !== needs).join('|');
  const table = `${needs}\\W+(?:${others})\\b|(?:${others})["'*_]{0,3}\\s?[:=]\\W{0,4}(?:\\w+ ?){1,3}\\W*(?:$|[,\\n])`;
  return new RegExp(`^\\W*(?:${table}|${needs}\\W*$)`, 'i').test(text);
}

function unquote(value: string): string {
  return value
    .trim()
    .replace(/,$/, '')
    .replace(/^(["'])([\s\S]*)\1$/, '$2');
}
