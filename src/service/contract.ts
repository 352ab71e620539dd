import { z } from 'zod';
import { messageOf } from '../base/errors.ts';
import { EMOTION_NAMES } from './emotion.ts';

/** Limits of what a request may hold; the whole body is at most MAX_BODY_BYTES. */
const MAX_ID_CHARACTERS = 200;
const MAX_ACTIONS = 100;
const MAX_ACTION_CHARACTERS = 200;
export const MAX_BODY_BYTES = 1_048_576;

const ID_RULE = `must be a number or a text of at most ${MAX_ID_CHARACTERS} characters`;
const id = z.union([z.number(), z.string().max(MAX_ID_CHARACTERS, ID_RULE)], { error: ID_RULE });
/** An id that is missing, null or empty is no id: a script's unset variable is "". */
const optionalId = id.nullish().transform((value) => (value === '' ? null : (value ?? null)));
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOrObject = z.union([z.string(), z.custom<Record<string, unknown>>(isObject)], {
  error: 'must be an object or a text',
});
const notEmpty = (text: string) => text.trim() !== '';

const dialogueRequest = z.object({
  npc_id: optionalId,
  player_id: optionalId,
  message: z.string({ error: 'must be a text' }).refine(notEmpty, 'must not be empty'),
});

const action = z
  .string({ error: 'must be a text' })
  .max(MAX_ACTION_CHARACTERS, `must have at most ${MAX_ACTION_CHARACTERS} characters`)
  .refine(notEmpty, 'must not be empty');

const decideRequest = z
  .object({
    npc_id: optionalId,
    player_id: optionalId,
    context: textOrObject.nullish(),
    message: z.string({ error: 'must be a text' }).nullish(),
    actions: z
      .array(action, { error: 'must be a list of texts' })
      .max(MAX_ACTIONS, `must have at most ${MAX_ACTIONS} entries`)
      .nullish(),
  })
  .transform((body, context) => {
    const situation = toSituation(body.context ?? body.message ?? undefined, context);
    return {
      npc_id: body.npc_id,
      player_id: body.player_id,
      context: situation,
      actions: body.actions ?? [],
    };
  });

const emotionRequest = z
  .object({
    npc_id: optionalId,
    player_id: optionalId,
    event: textOrObject.nullish(),
    message: z.string({ error: 'must be a text' }).nullish(),
  })
  .transform(({ npc_id, player_id, event, message }) => ({
    npc_id,
    player_id,
    event: event ?? message ?? '',
  }));

/** What each endpoint takes. Fields that are not named here are ignored. */
export const REQUESTS = {
  dialogue: dialogueRequest,
  decide: decideRequest,
  emotion: emotionRequest,
} as const;

const answeredId = z.union([z.number(), z.string()]);

/** What each endpoint answers with status 200. */
export const ANSWERS = {
  health: z.strictObject({
    status: z.literal('ok'),
    version: z.string(),
    provider: z.string(),
    model: z.string().nullable(),
    uptime_s: z.number().min(0),
  }),
  dialogue: z.strictObject({
    npc_id: answeredId,
    player_id: answeredId.nullable(),
    text: z.string().min(1),
    response: z.string().min(1),
    emotion: z.enum(EMOTION_NAMES),
    provider: z.string(),
    latency_ms: z.number().min(0),
  }),
  decide: z.strictObject({
    npc_id: answeredId,
    action: z.string(),
    reason: z.string().min(1),
    confidence: z.number().min(0).max(1),
  }),
  emotion: z.strictObject({
    npc_id: answeredId,
    emotion: z.enum(EMOTION_NAMES),
    intensity: z.number().min(0).max(1),
    valence: z.number().min(-1).max(1),
  }),
} as const;

export type Answer<Name extends keyof typeof ANSWERS> = z.infer<(typeof ANSWERS)[Name]>;

/** A text that begins with { is meant as JSON and must be; any other text is a sentence about the situation. */
function toSituation(
  value: Record<string, unknown> | string | undefined,
  context: z.RefinementCtx,
): Record<string, unknown> | string {
  if (value === undefined) {
    context.addIssue({ code: 'custom', path: ['context'], message: 'must be an object or a text' });
    return z.NEVER;
  }
  if (typeof value !== 'string' || !value.trimStart().startsWith('{')) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    if (isObject(parsed)) return parsed;
  } catch (error) {
    context.addIssue({ code: 'custom', path: ['context'], message: `is not JSON (${messageOf(error)})` });
  }
  return z.NEVER;
}
