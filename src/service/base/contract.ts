import { z } from 'zod';
import { faultPosition } from '../../base/json-fault.ts';
import { EMOTION_NAMES } from '../../mind/language/emotion.ts';
import { MAX_REVEALS, REVEAL_NAME, REVEAL_NAME_RULE } from '../../mind/language/reveal-names.ts';

/** Limits of what a request may hold; the whole body is at most MAX_BODY_BYTES. */
export const MAX_ID_CHARACTERS = 200;
const MAX_ACTIONS = 100;
const MAX_ACTION_CHARACTERS = 200;
const MAX_OPTIONS = 50;
const MAX_OPTION_CHARACTERS = 200;
const MAX_FACT_CHARACTERS = 100;
/** What is spoken of, by a script: an instruction of a few sentences. */
const MAX_TOPIC_CHARACTERS = 500;
/** As many as are kept of one (MEMORY_LIMITS). */
const MAX_TOLD_CHARACTERS = 200;
const MENU_OPTIONS = { least: 2, most: 8, usual: 4 } as const;
const SCENE_LINES = { least: 2, most: 12, usual: 6 } as const;
const SCENE_NPCS = { least: 2, most: 4 } as const;
export const MAX_BODY_BYTES = 1_048_576;

/** What an NPC may do when the request names no actions. */
export const DEFAULT_ACTIONS = ['talk', 'help', 'trade', 'wait', 'defend', 'flee'] as const;

const ID_RULE = `must be a number or a text of at most ${MAX_ID_CHARACTERS} characters`;
const TEXT_RULE = 'must be a text';
const FACT_RULE = `must be a text of at most ${MAX_FACT_CHARACTERS} characters`;
const NOT_EMPTY = /\S/;

/** Beyond it JSON numbers are rounded: two players would be one. */
const MAX_NUMBER_ID = Number.MAX_SAFE_INTEGER;
const NUMBER_ID_RULE = `must be a number of at most ${MAX_NUMBER_ID}, or a text`;
const numberId = z.number().min(-MAX_NUMBER_ID, NUMBER_ID_RULE).max(MAX_NUMBER_ID, NUMBER_ID_RULE);
const id = z.union([numberId, z.string().max(MAX_ID_CHARACTERS, ID_RULE)], { error: ID_RULE });
/** An id that is missing, null or empty is no id: a script's unset variable is "". */
const optionalId = id.nullish().transform((value) => (value === '' ? null : (value ?? null)));
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOrObject = z.union(
  // Not copied, as z.record would do: a context may be nested as deep as JSON allows.
  [z.string(), z.custom<Record<string, unknown>>(isObject).meta({ type: 'object' })],
  { error: 'must be an object or a text' },
);

/** A text of at least one character that is no space. */
function filledText(most: number) {
  return z
    .string({ error: TEXT_RULE })
    .max(most, `must have at most ${most} characters`)
    .regex(NOT_EMPTY, 'must not be empty');
}

function textList(mostEntries: number, mostCharacters: number) {
  return z
    .array(filledText(mostCharacters), { error: 'must be a list of texts' })
    .max(mostEntries, `must have at most ${mostEntries} entries`)
    .nullish();
}

/** What the game tells of a player or a place: left out, null and "" are the same. */
const fact = z
  .string({ error: FACT_RULE })
  .max(MAX_FACT_CHARACTERS, FACT_RULE)
  .nullish()
  .transform((text) => (text === '' ? null : (text ?? null)));
/** Scripts that put JSON together from texts write numbers in quotes. */
const NUMBER_RULE = 'must be a number';
const optionalNumber = z
  .union([z.number(), z.string().regex(/^-?\d{1,9}$/, NUMBER_RULE)], { error: NUMBER_RULE })
  .nullish()
  .transform((value) => (value === null || value === undefined ? null : Number(value)));

const player = z.object(
  {
    name: fact,
    level: optionalNumber,
    class: z
      .union([z.number(), z.string().max(MAX_FACT_CHARACTERS, FACT_RULE)], {
        error: `must be a number or a text of at most ${MAX_FACT_CHARACTERS} characters`,
      })
      .nullish()
      .transform((value) => (value === '' || value === null || value === undefined ? null : String(value))),
  },
  { error: 'must be an object with name, level and class' },
);
const location = z.object(
  { map: filledText(MAX_FACT_CHARACTERS), x: optionalNumber, y: optionalNumber },
  { error: 'must be an object with map, x and y' },
);
const LANGUAGE_RULE = 'must be a language code such as en';
const language = z
  .string({ error: LANGUAGE_RULE })
  .regex(/^(|[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3})$/, LANGUAGE_RULE)
  .nullish()
  .transform((code) => (code === '' ? null : (code ?? null)));

const dialogueRequest = z.object({
  npc_id: optionalId,
  player_id: optionalId,
  // Empty where a player only clicks, as in the example script of AI_IPC_IMPLEMENTATION.md: the NPC greets him.
  message: z.string({ error: TEXT_RULE }),
  player: player.nullish().transform((facts) => facts ?? null),
  location: location.nullish().transform((place) => place ?? null),
  options: textList(MAX_OPTIONS, MAX_OPTION_CHARACTERS).transform((options) => options ?? []),
  // What of the persona's secrets the game lets this player know; the next request has to say it anew.
  reveals: z
    .array(z.string({ error: REVEAL_NAME_RULE }).regex(REVEAL_NAME, REVEAL_NAME_RULE), {
      error: 'must be a list of names',
    })
    .max(MAX_REVEALS, `must have at most ${MAX_REVEALS} entries`)
    .nullish()
    .transform((names) => names ?? []),
  language,
});

const decideRequest = z
  .object({
    npc_id: optionalId,
    player_id: optionalId,
    context: textOrObject.nullish(),
    message: z.string({ error: TEXT_RULE }).nullish(),
    actions: textList(MAX_ACTIONS, MAX_ACTION_CHARACTERS),
  })
  .transform((body, context) => ({
    npc_id: body.npc_id,
    player_id: body.player_id,
    // A message is what a player said, whatever it begins with: only a context may be JSON.
    context:
      (body.context ?? null) === null && typeof body.message === 'string'
        ? body.message
        : toSituation(body.context ?? undefined, context),
    actions: body.actions ?? [],
  }));

const emotionRequest = z
  .object({
    npc_id: optionalId,
    player_id: optionalId,
    event: textOrObject.nullish(),
    message: z.string({ error: TEXT_RULE }).nullish(),
  })
  .transform(({ npc_id, player_id, event, message }) => ({
    npc_id,
    player_id,
    event: event ?? message ?? '',
  }));

/** A number in quotes is one, too: see optionalNumber. */
function wholeNumber({ least, most, usual }: typeof MENU_OPTIONS | typeof SCENE_LINES) {
  const rule = `must be a whole number from ${least} to ${most}`;
  const numbers = Array.from({ length: most - least + 1 }, (_, at) => least + at);
  const text = z.string().regex(new RegExp(`^(?:${numbers.join('|')}|)$`), rule);
  return z
    .union([z.int(rule).min(least, rule).max(most, rule), text], { error: rule })
    .nullish()
    .transform((value) => (value === '' ? usual : Number(value ?? usual)));
}

const optionsRequest = dialogueRequest.omit({ options: true, reveals: true }).extend({
  message: z
    .string({ error: TEXT_RULE })
    .nullish()
    .transform((text) => text ?? ''),
  max: wholeNumber(MENU_OPTIONS),
});

const shoutRequest = z.object({
  npc_id: optionalId,
  topic: filledText(MAX_TOPIC_CHARACTERS),
  location: dialogueRequest.shape.location,
  language,
});
/** No player speaks here, whoever stands near. */
const shoutToAll = shoutRequest.transform((body) => ({ ...body, player_id: null }));

const NPCS_RULE = `must be a list of ${SCENE_NPCS.least} to ${SCENE_NPCS.most} NPCs`;
const sceneRequest = shoutRequest.omit({ npc_id: true }).extend({
  npcs: z
    .array(
      z.union([numberId, z.string().min(1, ID_RULE).max(MAX_ID_CHARACTERS, ID_RULE)], { error: ID_RULE }),
      { error: NPCS_RULE },
    )
    .min(SCENE_NPCS.least, NPCS_RULE)
    .max(SCENE_NPCS.most, NPCS_RULE)
    .meta({ uniqueItems: true })
    .refine((npcs) => new Set(npcs.map(String)).size === npcs.length, 'must name each NPC once'),
  lines: wholeNumber(SCENE_LINES),
});
/** The first one begins, and his persona names the model. */
const sceneOfFirst = sceneRequest.transform((body) => ({
  ...body,
  npc_id: body.npcs[0] ?? null,
  player_id: null,
}));

const factsRequest = z.object({
  npc_id: optionalId,
  player_id: optionalId,
  fact: filledText(MAX_TOLD_CHARACTERS),
});

/** What each endpoint takes. Fields that are not named here are ignored. */
export const REQUESTS = {
  dialogue: dialogueRequest,
  decide: decideRequest,
  emotion: emotionRequest,
  options: optionsRequest,
  shout: shoutToAll,
  scene: sceneOfFirst,
  facts: factsRequest,
} as const;

export type RequestName = keyof typeof REQUESTS;
export type RequestBody<Name extends RequestName> = z.infer<(typeof REQUESTS)[Name]>;

const answeredId = z.union([z.number(), z.string()]);
const count = z.int().min(0);

/**
 * Why an NPC says its canned line: the player talks too fast, has used up his tokens, or all NPCs are switched off; the
 * model's server refused the line, or is still loading the model.
 */
const LIMITS = ['cooldown', 'budget', 'off', 'refused', 'loading'] as const;

/** Who made an answer, and how: at the end of all that is shown. */
const made = {
  provider: z.string(),
  model: z.string().nullable(),
  limited: z.enum(LIMITS).optional(),
  tokens: z.strictObject({ prompt: count, completion: count }),
  latency_ms: z.number().min(0),
};

/** What each endpoint answers with status 200. */
export const ANSWERS = {
  health: z.strictObject({
    status: z.enum(['ok', 'loading', 'degraded']),
    /** What is not well; not when ok. */
    reason: z.string().min(1).optional(),
    version: z.string(),
    /** Who answers now: the fallback's name while the model fails. */
    provider: z.string(),
    model: z.string().nullable(),
    /** Each model on each server; not without a model server. */
    models: z
      .array(
        z.strictObject({
          server: z.string(),
          model: z.string(),
          status: z.enum(['ok', 'loading', 'down']),
          /** Since the start, as the tokens are. */
          answers: count,
          failures: count,
          tokens: z.strictObject({ prompt: count, completion: count }),
        }),
      )
      .optional(),
    uptime_s: z.number().min(0),
  }),
  dialogue: z.strictObject({
    npc_id: answeredId,
    player_id: answeredId.nullable(),
    text: z.string().min(1),
    response: z.string().min(1),
    emotion: z.enum(EMOTION_NAMES),
    action: z.string().min(1).max(100).optional(),
    chosen_option: z.string().min(1).optional(),
    ...made,
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
  options: z.strictObject({
    npc_id: answeredId,
    player_id: answeredId.nullable(),
    options: z.array(z.string().min(1)).min(1),
    ...made,
  }),
  shout: z.strictObject({
    npc_id: answeredId,
    text: z.string().min(1),
    emotion: z.enum(EMOTION_NAMES),
    ...made,
  }),
  scene: z.strictObject({
    lines: z
      .array(z.strictObject({ npc_id: answeredId, name: z.string().min(1), text: z.string().min(1) }))
      .min(SCENE_LINES.least),
    ...made,
  }),
  facts: z.strictObject({
    npc_id: answeredId,
    player_id: answeredId.nullable(),
    fact: z.string().min(1),
    facts: z.int().min(1),
  }),
  memory: z.strictObject({
    npc_id: z.string(),
    player_id: z.string(),
    summary: z.string().nullable(),
    facts: z.array(z.string()),
    turns: z.array(z.strictObject({ said: z.string(), answered: z.string() })),
  }),
  forgotten: z.strictObject({ npc_id: z.string(), player_id: z.string(), forgotten: count }),
} as const;

export type Answer<Name extends keyof typeof ANSWERS> = z.infer<(typeof ANSWERS)[Name]>;
export type Limit = (typeof LIMITS)[number];

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
    context.addIssue({ code: 'custom', path: ['context'], message: `is not JSON${faultPosition(error)}` });
  }
  return z.NEVER;
}
