import { EMOTION_NAMES } from '../language/emotion.ts';
import type { AnswerSchema } from '../providers/answer-format.ts';

const emotion = { type: 'string', enum: EMOTION_NAMES };
const number = { type: 'number' };
const integer = { type: 'integer' };
const spoken = { text: { type: 'string' }, emotion, action: { type: 'string' }, choice: integer };

/**
 * One schema for each kind of answer, the same for every request: servers compile a schema when they first see it, for
 * seconds, and some write it into the prompt. So options and actions are chosen by number, and where no options are, the
 * choice is 0. In strict mode every property is required.
 */
export const ANSWER_SCHEMAS = {
  speak: toSchema('npc_speaks', spoken),
  decide: toSchema('npc_decides', { choice: integer, reason: { type: 'string' }, confidence: number }),
  feel: toSchema('npc_feels', { emotion, intensity: number, valence: number }),
} as const satisfies Record<string, AnswerSchema>;

function toSchema(name: string, properties: Readonly<Record<string, unknown>>): AnswerSchema {
  const required = Object.keys(properties);
  return { name, schema: { type: 'object', properties, required, additionalProperties: false } };
}
