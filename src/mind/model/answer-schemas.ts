import type { AnswerSchema } from '../../providers/answer-format.ts';
import type { Form } from '../../reading/message.ts';
import { EMOTION_NAMES } from '../language/emotion.ts';

const emotion = oneOf(EMOTION_NAMES);
const text = { type: 'string' };
const spoken = { text, emotion, action: text, choice: { type: 'integer' } };

/** A schema, and what of it is needed for an answer. */
export interface AskedAnswer extends AnswerSchema {
  readonly form: Form;
}

/**
 * Servers compile a schema when they first see it, for seconds, and some write it into the prompt. So what NPCs say has the
 * same one for every request: options are chosen by number, and where none are, the choice is 0. In strict mode every property
 * is required.
 */
export const SPEAK_SCHEMA = toSchema('npc_speaks', 'text', spoken);

/**
 * A server that keeps to a schema gives nothing but numbers that mean something: without this a llama.cpp server wrote a
 * valence of 33 digits, and action 93 of 2.
 */
export const FEEL_SCHEMA = toSchema('npc_feels', 'emotion', {
  emotion,
  intensity: oneOf(tenths(0, 10)),
  valence: oneOf(tenths(-10, 10)),
});

/** What is remembered of older talks. */
export const CONDENSE_SCHEMA = toSchema('npc_remembers', 'text', { text });

const DECIDE_SCHEMAS = new Map<number, AskedAnswer>();

/** For so many actions: the one of them that is chosen has its number. One schema for each count, of which a script has few. */
export function decideSchema(actions: number): AskedAnswer {
  const known = DECIDE_SCHEMAS.get(actions);
  if (known !== undefined) return known;
  const numbers = Array.from({ length: actions }, (_, at) => String(at + 1));
  const made = toSchema('npc_decides', 'choice', {
    choice: oneOf(numbers),
    reason: text,
    confidence: oneOf(tenths(0, 10)),
  });
  DECIDE_SCHEMAS.set(actions, made);
  return made;
}

const SERIES_SCHEMAS = new Map<string, AskedAnswer>();

/** Texts by their numbers, as flat as what NPCs say: option_1, option_2 …. One schema for each count. */
export function seriesSchema(kind: 'option' | 'line', count: number): AskedAnswer {
  const names = Array.from({ length: count }, (_, at) => `${kind}_${at + 1}`);
  const key = names.at(-1) ?? kind;
  const properties = Object.fromEntries(names.map((name) => [name, text]));
  const made = SERIES_SCHEMAS.get(key) ?? toSchema(`npc_${kind}s`, `${kind}_1`, properties);
  SERIES_SCHEMAS.set(key, made);
  return made;
}

/**
 * Numbers stand as texts, the plainest form of an enum: not every server takes an enum of numbers, or a limit of one. Tried
 * with llama.cpp 0.7.0.
 */
function oneOf(values: readonly string[]) {
  return { type: 'string', enum: values };
}

function tenths(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, at) => String((from + at) / 10));
}

function toSchema(
  name: string,
  needs: Form['needs'],
  properties: Readonly<Record<string, unknown>>,
): AskedAnswer {
  const fields = Object.keys(properties);
  const schema = { type: 'object', properties, required: fields, additionalProperties: false };
  return { name, schema, form: { fields, needs } };
}
