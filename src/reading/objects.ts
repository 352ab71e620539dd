import { jsonrepair } from 'jsonrepair';

/** A JSON object in a text, with the place where it stands. */
export interface FoundObject {
  readonly start: number;
  readonly end: number;
  readonly value: object;
}

/** An answer has some hundred characters. Repair takes 60 ms for so many in its worst case, and four times that for twice as many. */
const MAX_OBJECT_CHARACTERS = 8_000;
/** A text of nothing but braces would be gone through once for each of them. */
const MAX_TRIES = 64;
const MAX_REPAIRS = 8;

/** The objects of a text that have their end, each as a whole, none within another; also such as are not quite JSON. */
export function findObjects(text: string): FoundObject[] {
  const found: FoundObject[] = [];
  let repairs = 0;
  let at = text.indexOf('{');
  for (let tries = 0; at !== -1 && tries < MAX_TRIES; tries += 1) {
    const object = strictAt(text, at) ?? (repairs++ < MAX_REPAIRS ? repairedAt(text, at) : undefined);
    if (object) found.push(object);
    at = text.indexOf('{', object?.end ?? at + 1);
  }
  return found;
}

/** The object that begins at `start`; undefined where it has no end or is none. */
export function objectAt(text: string, start: number): FoundObject | undefined {
  return strictAt(text, start) ?? repairedAt(text, start);
}

/** What a text is as JSON, as a whole; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The next way of reading it has its turn.
    return undefined;
  }
}

/** An object that was cut is closed where it ends: nothing is added but quotes and brackets. */
export function closeObject(text: string): object | undefined {
  // Half an escape at the end says nothing, and no repair takes it.
  return repair(text.replace(/\\(?:u[\da-f]{0,3})?$/i, ''));
}

function strictAt(text: string, start: number): FoundObject | undefined {
  const end = endOfObject(text, start, '"');
  const value = end === undefined ? undefined : parseJson(text.slice(start, end));
  return end !== undefined && isObject(value) ? { start, end, value } : undefined;
}

/** By its braces alone, where its quotes do not fit together. */
function repairedAt(text: string, start: number): FoundObject | undefined {
  for (const quote of ['"', '']) {
    const end = endOfObject(text, start, quote);
    const value = end === undefined ? undefined : repair(text.slice(start, end));
    if (end !== undefined && value) return { start, end, value };
  }
  return undefined;
}

function endOfObject(text: string, start: number, quote: string): number | undefined {
  const last = Math.min(text.length, start + MAX_OBJECT_CHARACTERS);
  let depth = 0;
  let isInString = false;
  for (let at = start; at < last; at += 1) {
    const character = text[at];
    if (isInString && character === '\\') at += 1;
    else if (character === quote) isInString = !isInString;
    else if (isInString) continue;
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

/** Without a name and a colon behind the brace it is a figure of speech: {smiles} is no object. */
const OBJECT_BEGIN = /^\{\s*(?:["'“‘`\\]|\/[/*]|[\p{L}_][\p{L}\d_]*\s*:)/u;

/** Words without quotes tell what belongs there, as a prompt does: {"text": what is said}. */
const DESCRIPTION = /:\s*\p{L}+[ \t]+\p{L}/u;
const STRING = /"(?:[^"\\]|\\.)*"|“[^”]*”|'(?:[^'\\]|\\.)*'|`[^`]*`|\/\*.*?\*\/|\/\/[^\n]*/gs;

/** In a string between single quotes, jsonrepair 3.15.0 makes a double quote of it. */
const APOSTROPHE = /(?<=\p{L})'(?=\p{L})/gu;
/** JavaScript has it, JSON has not. */
const HEX_ESCAPE = /(?<!\\)\\x(?=[\da-f]{2})/gi;
const STAND_IN = '\ue000';

function repair(text: string): object | undefined {
  if (!OBJECT_BEGIN.test(text) || text.length > MAX_OBJECT_CHARACTERS) return undefined;
  if (DESCRIPTION.test(text.replace(STRING, '""').replace(/["'“`][^"'“”`]*$/, ''))) return undefined;
  try {
    const repaired = jsonrepair(text.replace(APOSTROPHE, STAND_IN).replace(HEX_ESCAPE, '\\u00')).replaceAll(
      STAND_IN,
      "'",
    );
    const value: unknown = JSON.parse(repaired);
    return isObject(value) ? value : undefined;
  } catch {
    // Not to be repaired: no object.
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
