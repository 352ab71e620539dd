import type { AnswerSchema } from '../../providers/answer-format.ts';
import type { Form } from '../../reading/message.ts';
import { EMOTION_NAMES } from '../language/emotion.ts';

const emotion = { type: 'string', enum: EMOTION_NAMES };
const number = { type: 'number' };
const integer = { type: 'integer' };
const spoken = { text: { type: 'string' }, emotion, action: { type: 'string' }, choice: integer };

/** A schema, and what of it is needed for an answer. */
export interface AskedAnswer extends AnswerSchema {
  readonly form: Form;
}

/**
 * One schema for each kind of answer, the same for every request: servers compile a schema when they first see it, for
 * seconds, and some write it into the prompt. So options and actions are chosen by number, and where no options are, the
 * choice is 0. In strict mode every property is required.
 */
export const ANSWER_SCHEMAS = {
  speak: toSchema('npc_speaks', 'text', spoken),
  decide: toSchema('npc_decides', 'choice', {
    choice: integer,
    reason: { type: 'string' },
    confidence: number,
  }),
  feel: toSchema('npc_feels', 'emotion', { emotion, intensity: number, valence: number }),
} as const satisfies Record<string, AskedAnswer>;

function toSchema(
  name: string,
  needs: Form['needs'],
  properties: Readonly<Record<string, unknown>>,
): AskedAnswer {
  const fields = Object.keys(properties);
  const schema = { type: 'object', properties, required: fields, additionalProperties: false };
  return { name, schema, form: { fields, needs } };
}
