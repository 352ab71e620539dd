import { withoutFences } from './fences.ts';
import { findFinalWord } from './final-word.ts';
import { isThoughtName } from './mark-names.ts';
import type { Asked, Form, LineNames } from './message.ts';
import { type FoundObject, findObjects, parseJson } from './objects.ts';
import { isSeries, toSeries } from './series.ts';
import { isPlayers } from './speaker-labels.ts';
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
  option_1: ['option_1'],
  line_1: ['line_1'],
};
/** Deeper in its wrappers no answer was seen; each level may be a list. */
const MAX_DEPTH = 8;

/**
 * The fields that were asked for, in a value of JSON: the object itself, one within its wrappers or lists, or one that
 * is written as a text. Fields of thoughts and errors are never looked into. The last one that fits is taken.
 */
export function fieldsIn(value: unknown, asked: Asked, depth = MAX_DEPTH): Fields | undefined {
  if (depth === 0) return undefined;
  if (typeof value === 'string') return fieldsInText(value, asked, depth);
  if (isSeries(value, asked.form)) return toSeries(value, asked.form);
  if (Array.isArray(value)) return lastThatFits(untilPlayer(value, asked.names), asked, depth);
  if (typeof value !== 'object' || value === null || isOthers(value, asked)) return undefined;
  const { form } = asked;
  const entries = Object.entries(value)
    .map(
      ([name, one]: [string, unknown]) =>
        [name, isTextList(one) && !isSeries(one, form) ? one.join(' ') : one] as const,
    )
    .filter(
      ([name]) => form.fields.includes(name) || !(isThoughtName(name) || /^errors?$|^delta$/i.test(name)),
    );
  return (
    ownFields(new Map(entries), asked, depth) ??
    lastThatFits(
      entries.map(([, one]) => one),
      asked,
      depth,
    )
  );
}

function lastThatFits(values: readonly unknown[], asked: Asked, depth: number): Fields | undefined {
  const few = values.slice(-20).reverse();
  for (const value of few) {
    const fields = fieldsIn(value, asked, depth - 1);
    if (fields) return fields;
  }
  return undefined;
}

/** A play in a list goes on with what the player says: from there on it is made up. */
function untilPlayer(values: readonly unknown[], names: LineNames): readonly unknown[] {
  const at = values.findIndex((value, at) => at > 0 && isPlayersTurn(value, names));
  const isFirst = values.slice(0, at).every((value) => isPlayersTurn(value, names));
  return at === -1 || isFirst ? values : values.slice(0, at);
}

function isPlayersTurn(value: unknown, names: LineNames): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([name, one]: [string, unknown]) =>
      /^(?:role|speaker|name|from|author|character|who|sender)$/i.test(name) &&
      typeof one === 'string' &&
      (isPlayers(one, names) || /^(?:system|developer|tool|function)$/i.test(one.trim())),
  );
}

/** A part of thoughts, a turn of somebody else, an error, a piece of a stream, or the call of another function. */
function isOthers(value: object, { form, names }: Asked): boolean {
  return isThoughtPart(value) || isPlayersTurn(value, names) || isError(value) || isOtherCall(value, form);
}

/** {"status": "error", …}, {"code": 500, …}, {"success": false, …}, {"error": "…", …} */
function isError(value: object): boolean {
  return Object.entries(value).some(([name, one]: [string, unknown]) => {
    if (/^(?:success|ok)$/i.test(name)) return one === false;
    if (/^errors?$/i.test(name)) return Boolean(one);
    if (/^(?:code|status|status_?code|http_?status)$/i.test(name) && Number(one) >= 400) return true;
    return (
      /^(?:status|state|type|result|object|level)$/i.test(name) &&
      /^(?:error|fail|failed|failure|refused|denied)$/i.test(String(one))
    );
  });
}

/** What a call takes beside the fields that were asked for shows that it is meant for something else. */
function isOtherCall(value: object, { fields }: Form): boolean {
  const { name, arguments: given, parameters } = value as Readonly<Record<string, unknown>>;
  const taken = given ?? parameters;
  const values = typeof taken === 'string' ? parseJson(taken) : taken;
  if (typeof name !== 'string' || typeof values !== 'object' || values === null) return false;
  return Object.keys(values).some(
    (key) => !fields.includes(key) && key !== 'properties' && !isThoughtName(key),
  );
}

/** Text that is JSON itself, in a string of JSON or in the field of what the NPC says; it may have thoughts before it. */
function fieldsInText(text: string, asked: Asked, depth: number): Fields | undefined {
  if (!/[{[]/.test(text)) return undefined;
  const whole = /^\s*["[{]/.test(text) ? parseJson(text) : undefined;
  if (whole !== undefined) return fieldsIn(whole, asked, depth - 1);
  const final = findFinalWord(splitByMarks(toVisible(text)));
  const region = withoutFences(final.text ?? final.before);
  const objects = findObjects(region);
  // With words around it, an object is quoted, and may be the player's.
  if (hasWordsAround(region, objects)) return undefined;
  return lastThatFits(
    objects.map((object) => object.value),
    asked,
    depth,
  );
}

function hasWordsAround(region: string, objects: readonly FoundObject[]): boolean {
  const ends = [0, ...objects.map(({ end }) => end)];
  const starts = [...objects.map(({ start }) => start), region.length];
  return ends.some((end, at) => /[\p{L}\p{N}]/u.test(region.slice(end, starts[at])));
}

function ownFields(fields: ReadonlyMap<string, unknown>, asked: Asked, depth: number): Fields | undefined {
  const { form } = asked;
  const names = ALIASES[form.needs];
  const byKey = new Map([...fields].map(([name, value]) => [name.trim().toLowerCase(), value]));
  const name = names.find((one) => isFilled(byKey.get(one), form));
  if (name === undefined) return undefined;
  const value = byKey.get(name);
  const inner =
    form.needs === 'text' && typeof value === 'string' ? fieldsInText(value, asked, depth - 1) : undefined;
  const known = form.fields.filter((one) => byKey.has(one)).map((one) => [one, byKey.get(one)] as const);
  return { ...Object.fromEntries(known), [name === 'action' ? name : form.needs]: value, ...inner };
}

/** The sentences of an answer, one by one. */
function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
}

/** What stands in a form before it is filled in. */
const PLACEHOLDER =
  /^\W*(?:what the character \w+.{0,60}|string|text|your (?:text|answer|reply|response)(?: here)?)\W*$/i;
/** A value that stands for none, as a word. */
const NO_VALUE =
  /^\s*(?:\[[^[\]]{0,60}\]|<[^<>]{0,60}>)\s*$|^\s*(?:null|none|nil|undefined|n\/a|nan|true|false)\s*$/i;

function isFilled(value: unknown, { needs }: Form): boolean {
  if (typeof value === 'string')
    return /\p{L}|\p{N}/u.test(value) && !PLACEHOLDER.test(value) && !NO_VALUE.test(value);
  return needs === 'choice' && typeof value === 'number';
}

/** A part of a message within JSON: {"type": "thinking", …}. */
function isThoughtPart(value: object): boolean {
  const type: unknown = 'type' in value ? value.type : undefined;
  return typeof type === 'string' && isThoughtName(type);
}
