import { type Fields, fieldsIn } from './fields.ts';
import { readHeadings } from './headings.ts';
import type { Asked, Evidence } from './message.ts';
import { closeObject, findObjects, parseJson } from './objects.ts';
import { isTaskTalk } from './task-talk.ts';

const LETTER = /[\p{L}\p{N}]/u;

/** The object that was asked for, and where in a text it stands. */
export interface FoundFields {
  readonly fields: Fields;
  readonly text: string;
  readonly evidence: Evidence;
}

/** As the whole, the last one in the text, or one that lost its end. */
export function findAskedObject(region: string, asked: Asked, isCut: boolean): FoundFields | undefined {
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
