import { takeUncommented } from './comments.ts';
import { withoutFences } from './fences.ts';
import { beginsWithFields, readFieldLines, takeFieldsBehind } from './field-lines.ts';
import { readFieldPairs } from './field-pairs.ts';
import { type Fields, fieldsIn } from './fields.ts';
import { type FinalWord, findFinalWord, type NoFinalWord } from './final-word.ts';
import { behindAnswerHeading, readHeadings } from './headings.ts';
import type { Asked, Evidence, LeftOut, Message, Reading } from './message.ts';
import { isNotice } from './notices.ts';
import { closeObject, findObjects, parseJson } from './objects.ts';
import { splitByMarks } from './stretches.ts';
import { isTaskTalk } from './task-talk.ts';
import { takeOwnLines } from './transcript.ts';
import { toVisible, withoutEscapes } from './visible.ts';

/** Parts of these types hold what is said; every other one holds thoughts, calls or pictures. */
const WORD_PARTS = new Set(['text', 'output_text']);
const PAGE = /^\s*(?:<\?xml\b[^>]{0,200}>\s*)?<(?:!doctype|html|head|body)\b/i;
/** Words do not begin so; a broken object does. */
const BROKEN_JSON = /^\s*(?:[{[]\s*["{[\]}']|[{[]\s*$)|"\s*:\s*["[{\d]|\{\s*["'“]?\w{2,12}["'”]?\s*:/;
/** A word for nothing. */
const NO_WORD = /^\W*(?:null|none|nil|undefined|n\/a|nan|true|false|assistant)\W*$/i;
const LETTER = /[\p{L}\p{N}]/u;

/**
 * Decides what of a message is its final word. Believed are: the object that was asked for, where it stands outside of
 * thoughts; what a final channel or marks of an answer hold; what stands behind closed thoughts; and plain words that
 * ended by themselves and do not speak of the task. Everything else is no answer.
 */
export function readMessage(message: Message, asked: Asked): Reading {
  const wrote = message.parts
    .map(({ text }) => text)
    .join('\n')
    .trim();
  const thoughts = message.parts.filter(({ type }) => !WORD_PARTS.has(type));
  const leftOut = thoughts
    .filter(({ text }) => text.trim() !== '')
    .map(({ type, text }) => ({ text, why: `a part of the type ${type}` }));
  const lastThought = message.parts.findLastIndex(({ type }) => !WORD_PARTS.has(type));
  const hasBehind = message.parts.slice(lastThought + 1).some(({ text }) => text.trim() !== '');
  const words = message.parts.filter(
    ({ type }, at) => WORD_PARTS.has(type) && (!hasBehind || at > lastThought),
  );
  const text = words.map((part) => part.text).join('');
  const context = { asked, isCut: message.isCut, hasThoughtParts: leftOut.length > 0 };
  // Some servers give thoughts that were cut twice: as thoughts, and as the answer.
  if (text.trim() !== '' && leftOut.some((thought) => thought.text.trim() === text.trim())) {
    return { ...nothing(emptyWhy(context), leftOut), wrote };
  }
  return { ...addTo(leftOut, readText(text, context)), wrote };
}

interface Context {
  readonly asked: Asked;
  readonly isCut: boolean;
  /** The server told thoughts and words apart: what is left is the final word. */
  readonly hasThoughtParts: boolean;
}

type Read = Reading extends infer One ? (One extends Reading ? Omit<One, 'wrote'> : never) : never;

function addTo(leftOut: readonly LeftOut[], read: Read): Read {
  return { ...read, leftOut: [...leftOut, ...read.leftOut] };
}

function nothing(why: string, leftOut: readonly LeftOut[] = []): Read {
  return { kind: 'nothing', why, leftOut };
}

function readText(written: string, context: Context): Read {
  const text = toVisible(written).trim();
  const { isCut, hasThoughtParts, asked } = context;
  if (text === '') return nothing(emptyWhy(context));
  if (PAGE.test(text)) return nothing('a page of HTML', [{ text, why: 'a page of HTML' }]);
  const final = findFinalWord(splitByMarks(text, [...asked.names.npc, ...asked.names.player]));
  const found = readObject(final, context) ?? readLines(final, context);
  if (found) return found;
  if (final.text === null) {
    return nothing(isCut ? `${final.why}, and was cut at max_tokens` : final.why, final.leftOut);
  }
  const evidence = final.evidence ?? (hasThoughtParts && !isCut ? 'text after closed thoughts' : null);
  return readWords({ ...final, text: withoutFences(final.text).trim(), evidence }, context);
}

function emptyWhy({ isCut, hasThoughtParts }: Context): string {
  if (!hasThoughtParts) return isCut ? 'nothing until it was cut at max_tokens' : 'an empty answer';
  return isCut ? 'nothing but thoughts, and was cut at max_tokens' : 'nothing but thoughts';
}

/** The object asked for: as the whole, the last one in the text, or one that lost its end. */
function readObject(final: FinalWord | NoFinalWord, { asked, isCut }: Context): Read | undefined {
  const region = withoutFences(final.text ?? final.before).trim();
  const found = objectIn(region, asked, isCut);
  if (!found) return undefined;
  const others = final.leftOut.filter(({ text }) => text !== final.before.trim());
  const { fields, leftOut } = cleanFields(found.fields, asked);
  return {
    kind: 'fields',
    fields,
    evidence: [...(final.text !== null && final.evidence ? [final.evidence] : []), found.evidence],
    isCut: found.evidence === 'JSON that lost its end',
    leftOut: [...others, ...textsAround(region, found.text), ...leftOut],
  };
}

interface FoundFields {
  readonly fields: Fields;
  readonly text: string;
  readonly evidence: Evidence;
}

function objectIn(region: string, asked: Asked, isCut: boolean): FoundFields | undefined {
  const { names } = asked;
  const whole = /^["[{]/.test(region) ? fieldsIn(wholeJson(region), asked) : undefined;
  if (whole) return { fields: whole, text: region, evidence: 'JSON as asked' };
  const objects = findObjects(region);
  // Pieces of a stream are no answer each.
  if (objects.length > 1 && objects.some(({ value }) => 'done' in value && value.done === false))
    return undefined;
  let isFirst = true;
  let at = 0;
  const usable = objects.filter(({ start, end }) => {
    // In a message that was cut, an object behind words may be a draft in thoughts that have no marks.
    isFirst &&= !LETTER.test(region.slice(at, start));
    at = end;
    if (isFirst) return true;
    // A model that thinks aloud makes drafts: its answer is the object with which it ends.
    const isAloud = isTaskTalk(region.slice(0, start), names) || readHeadings(region) !== undefined;
    return !isCut && !(isAloud && LETTER.test(region.slice(end)));
  });
  for (const { start, end, value } of usable.reverse()) {
    const fields = fieldsIn(value, asked);
    if (fields) return { fields, text: region.slice(start, end), evidence: 'JSON as asked' };
  }
  const lost = objects.length === 0 && region.startsWith('{') ? closeObject(region) : undefined;
  const fields = lost && fieldsIn(lost, asked);
  return fields && { fields, text: region, evidence: 'JSON that lost its end' };
}

/** As JSON, or as what stands within a string of JSON: {\\n\\"text\\": … */
function wholeJson(region: string): unknown {
  return parseJson(region) ?? (region.includes('\\"') ? parseJson(`"${region}"`) : undefined);
}

function textsAround(region: string, object: string): LeftOut[] {
  const at = region.lastIndexOf(object);
  return [region.slice(0, at), region.slice(at + object.length)]
    .filter((text) => LETTER.test(text))
    .map((text) => ({ text: text.trim(), why: 'around the object' }));
}

function readLines(final: FinalWord | NoFinalWord, { asked, isCut }: Context): Read | undefined {
  if (final.text === null || (isCut && final.evidence === null)) return undefined;
  const text = withoutFences(final.text);
  const found = readFieldLines(text, asked.form) ?? pairsIn(text, asked);
  if (!found) return undefined;
  const { fields, leftOut } = cleanFields(found, asked);
  const evidence: Evidence[] = [...(final.evidence ? [final.evidence] : []), 'lines of the fields asked for'];
  return { kind: 'fields', fields, evidence, isCut, leftOut: [...final.leftOut, ...leftOut] };
}

/** Only where no object can be read: what was refused as an object is not believed in another way. */
function pairsIn(text: string, { form }: Asked): Fields | undefined {
  return findObjects(text).length === 0 ? readFieldPairs(text, form) : undefined;
}

/** The texts of the fields, each read once more: thoughts and plays are written there, too. */
function cleanFields(
  fields: Fields,
  { form, names }: Asked,
): { fields: Fields; leftOut: readonly LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const entries = Object.entries(fields).map(([name, value]) => {
    if (typeof value !== 'string') return [name, value] as const;
    const split = findFinalWord(splitByMarks(toVisible(value), [...names.npc, ...names.player]));
    leftOut.push(...split.leftOut);
    // Here the object is the evidence: words before a thought are said, too.
    const before = split.before === split.text || readHeadings(split.before) ? '' : split.before;
    const said = withoutEscapes(`${before}${split.text ?? ''}`);
    const commented = takeUncommented(takeFieldsBehind(said, form).words, names);
    const own = takeOwnLines(commented.words, names);
    leftOut.push(...commented.leftOut, ...own.leftOut);
    // JSON among its words was said by somebody else: nobody may put an object into the mouth of an NPC.
    return [name, BROKEN_JSON.test(own.words) ? '' : own.words] as const;
  });
  return { fields: Object.fromEntries(entries), leftOut };
}

function readWords(final: FinalWord, { asked, isCut }: Context): Read {
  const { evidence, leftOut } = final;
  const text = withoutEscapes(final.text);
  const all = [...leftOut, { text, why: 'no evidence that it is an answer' }];
  if (NO_WORD.test(text)) return nothing('an empty answer', all);
  if (isCut && evidence === null) {
    const what = /^[{[]/.test(text) ? 'JSON without what was asked for' : 'plain words in place of JSON';
    return nothing(`${what}, and was cut at max_tokens`, all);
  }
  if (BROKEN_JSON.test(text)) return nothing('JSON that cannot be read', all);
  if (beginsWithFields(text, asked.form)) return nothing('names of fields and no words', all);
  if (isNotice(text)) return nothing('a notice of a server', all);
  const { words, fields } = takeFieldsBehind(text, asked.form);
  const commented = takeUncommented(words, asked.names);
  const isAloud = evidence !== 'final channel' && isTaskTalk(commented.words, asked.names);
  const answer = isAloud ? behindAnswerHeading(commented.words)?.trim() : commented.words;
  if (!answer || (isAloud && isTaskTalk(answer, asked.names))) return nothing('thoughts in plain words', all);
  const own = takeOwnLines(answer, asked.names);
  const out = [...leftOut, ...commented.leftOut, ...own.leftOut];
  if (!LETTER.test(own.words)) return nothing("nothing but the player's lines", out);
  const shown: Evidence = isAloud ? 'marks of an answer' : (evidence ?? 'plain words, not cut');
  if (Object.keys(fields).length === 0 || asked.form.needs !== 'text') {
    return { kind: 'words', words: own.words, evidence: [shown], isCut, leftOut: out };
  }
  return { kind: 'fields', fields: { ...fields, text: own.words }, evidence: [shown], isCut, leftOut: out };
}
