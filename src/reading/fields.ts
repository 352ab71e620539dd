import { withoutFences } from './fences.ts';
import { findFinalWord } from './final-word.ts';
import { isThoughtName } from './mark-names.ts';
import type { Form } from './message.ts';
import { type FoundObject, findObjects, parseJson } from './objects.ts';
import { splitByMarks } from './stretches.ts';
import { toVisible } from './visible.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What models call a field that was asked for; the first that fits is taken. */
const ALIASES: Readonly<Record<Form['needs'], readonly string[]>> = {
  text: [
    'text',
    'response',
    'message',
    'reply',
    'answer',
    'content',
    'dialogue',
    'speech',
    'output',
    'say',
    'says',
  ],
  choice: ['choice', 'action'],
  emotion: ['emotion'],
};
/** Deeper in its wrappers no answer was seen; each level may be a list. */
const MAX_DEPTH = 8;

/**
 * The fields that were asked for, in a value of JSON: the object itself, one within its wrappers or lists, or one that
 * is written as a text. Fields of thoughts and errors are never looked into. The last one that fits is taken.
 */
export function fieldsIn(value: unknown, form: Form, depth = MAX_DEPTH): Fields | undefined {
  if (depth === 0) return undefined;
  if (typeof value === 'string') return fieldsInText(value, form, depth);
  if (Array.isArray(value)) return lastThatFits(value, form, depth);
  if (typeof value !== 'object' || value === null || isThoughtPart(value)) return undefined;
  const entries = Object.entries(value)
    .map(([name, one]: [string, unknown]) => [name, isTextList(one) ? one.join(' ') : one] as const)
    .filter(([name]) => form.fields.includes(name) || !(isThoughtName(name) || /^errors?$/i.test(name)));
  return (
    ownFields(new Map(entries), form, depth) ??
    lastThatFits(
      entries.map(([, one]) => one),
      form,
      depth,
    )
  );
}

function lastThatFits(values: readonly unknown[], form: Form, depth: number): Fields | undefined {
  const few = values.slice(-20).reverse();
  for (const value of few) {
    const fields = fieldsIn(value, form, depth - 1);
    if (fields) return fields;
  }
  return undefined;
}

/** Text that is JSON itself, in a string of JSON or in the field of what the NPC says; it may have thoughts before it. */
function fieldsInText(text: string, form: Form, depth: number): Fields | undefined {
  if (!/[{[]/.test(text)) return undefined;
  const whole = /^\s*["[{]/.test(text) ? parseJson(text) : undefined;
  if (whole !== undefined) return fieldsIn(whole, form, depth - 1);
  const final = findFinalWord(splitByMarks(toVisible(text)));
  const region = withoutFences(final.text ?? final.before);
  const objects = findObjects(region);
  // With words around it, an object is quoted, and may be the player's.
  if (hasWordsAround(region, objects)) return undefined;
  return lastThatFits(
    objects.map((object) => object.value),
    form,
    depth,
  );
}

function hasWordsAround(region: string, objects: readonly FoundObject[]): boolean {
  const ends = [0, ...objects.map(({ end }) => end)];
  const starts = [...objects.map(({ start }) => start), region.length];
  return ends.some((end, at) => /[\p{L}\p{N}]/u.test(region.slice(end, starts[at])));
}

function ownFields(fields: ReadonlyMap<string, unknown>, form: Form, depth: number): Fields | undefined {
  const names = ALIASES[form.needs];
  const byKey = new Map([...fields].map(([name, value]) => [name.trim().toLowerCase(), value]));
  const name = names.find((one) => isFilled(byKey.get(one), form));
  if (name === undefined) return undefined;
  const value = byKey.get(name);
  const inner =
    form.needs === 'text' && typeof value === 'string' ? fieldsInText(value, form, depth - 1) : undefined;
  const asked = form.fields.filter((one) => byKey.has(one)).map((one) => [one, byKey.get(one)] as const);
  return { ...Object.fromEntries(asked), [name === 'action' ? name : form.needs]: value, ...inner };
}

/** The sentences of an answer, one by one. */
function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
}

/** What stands in a form before it is filled in. */
const PLACEHOLDER =
  /^\W*(?:what the character \w+.{0,60}|string|text|your (?:text|answer|reply|response)(?: here)?)?\W*$/i;

function isFilled(value: unknown, { needs }: Form): boolean {
  if (typeof value === 'string') return /\p{L}|\p{N}/u.test(value) && !PLACEHOLDER.test(value);
  return needs === 'choice' && typeof value === 'number';
}

/** A part of a message within JSON: {"type": "thinking", …}. */
function isThoughtPart(value: object): boolean {
  const type: unknown = 'type' in value ? value.type : undefined;
  return typeof type === 'string' && isThoughtName(type);
}
