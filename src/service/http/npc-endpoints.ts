import type { z } from 'zod';
import type { PersonaBook } from '../../mind/persona/persona-book.ts';
import type { AnswerSource, Mind, Speakers } from '../../mind/talk/mind.ts';
import { textOf } from '../../mind/talk/situation-text.ts';
import { cannedReasonOf, tokensSpent } from '../../providers/model-error.ts';
import {
  type Answer,
  DEFAULT_ACTIONS,
  MAX_ID_CHARACTERS,
  REQUESTS,
  type RequestBody,
  type RequestName,
} from '../base/contract.ts';
import type { Deadline } from '../base/deadline.ts';
import { type DialogueParts, leadDialogue } from '../dialogue/dialogue.ts';
import { npcIdOf, speakersOf } from '../dialogue/speakers.ts';
import type { UnknownNpcs } from '../dialogue/unknown-npcs.ts';
import type { SpokenTurn } from '../memory/recollecting.ts';
import { checkFields } from './body.ts';
import { SOURCE_NPC_HEADER, sourceNpcOf } from './call-headers.ts';
import { isRefusal, type Refusal, refuse } from './http-error.ts';

/** What the NPC endpoints answer from. */
export interface EndpointParts extends DialogueParts {
  readonly personas: PersonaBook;
  /** Who decides and feels for a player who has no tokens left, and while the NPCs are off: it costs nothing. */
  readonly offline: Mind;
  readonly unknownNpcs: UnknownNpcs;
}

/** An answer with status 200, and what is remembered of it when it is delivered. */
export interface Answered {
  readonly body: Answer<RequestName>;
  readonly personaId: string;
  readonly said: Omit<SpokenTurn, 'key'> | null;
}

/** One call of an endpoint, besides its body. */
export interface EndpointCall {
  readonly request: Request;
  readonly deadline: Deadline;
  readonly priority: number;
  readonly parts: EndpointParts;
}

/** Makes an answer of a body. Throws AiIpcError model_failed or model_timeout where nobody answers. */
export type Endpoint = (json: unknown, call: EndpointCall) => Promise<Answered | Refusal>;

export const ENDPOINTS: Readonly<Record<RequestName, Endpoint>> = {
  dialogue: checked(REQUESTS.dialogue, talk),
  decide: checked(REQUESTS.decide, decide),
  emotion: checked(REQUESTS.emotion, feel),
};

/** Types of the general call that mean an endpoint, whatever the body holds. */
const TYPES: ReadonlyMap<string, RequestName> = new Map([
  ['dialogue', 'dialogue'],
  ['decide', 'decide'],
  ['decision', 'decide'],
  ['emotion', 'emotion'],
]);
/** The field that tells what is asked where the type does not. */
const TELLING_FIELDS: readonly (readonly [string, RequestName])[] = [
  ['context', 'decide'],
  ['actions', 'decide'],
  ['event', 'emotion'],
  ['message', 'dialogue'],
];

/** The endpoint behind /api/v1/async/{type}. */
export function endpointOfType(type: string): Endpoint {
  const known = TYPES.get(type.toLowerCase());
  if (known !== undefined) return ENDPOINTS[known];
  return async (json, call) => {
    const [, name] = TELLING_FIELDS.find(([field]) => has(json, field)) ?? [];
    if (name !== undefined) return await ENDPOINTS[name](json, call);
    const message =
      `The type ${JSON.stringify(type.slice(0, 60))} does not tell what is asked, nor does the body. ` +
      `Use one of ${[...TYPES.keys()].join(', ')}, or send message, context or event.`;
    return refuse('bad_field', message);
  };
}

function has(json: unknown, field: string): boolean {
  return (
    typeof json === 'object' &&
    json !== null &&
    Object.hasOwn(json, field) &&
    Reflect.get(json, field) !== null
  );
}

type WithIds = z.ZodType<{ npc_id: string | number | null; player_id: string | number | null }>;
type Handle<Body> = (
  body: Body,
  speakers: Speakers,
  call: EndpointCall,
) => Promise<Omit<Answered, 'personaId'>>;

function checked<Schema extends WithIds>(schema: Schema, handle: Handle<z.infer<Schema>>): Endpoint {
  return async (json, call) => {
    const fields = checkFields(json, schema);
    if (isRefusal(fields)) return fields;
    const { npc_id, player_id: playerId } = fields.body;
    const npcId = npc_id ?? sourceNpcOf(call.request);
    const { priority } = call;
    const speakers = { ...speakersOf({ npcId, playerId }, call.parts.personas), priority };
    // The body's is short enough by now, so this one is the header's.
    if (String(speakers.npcId).length > MAX_ID_CHARACTERS) return tooLongNpc();
    call.parts.unknownNpcs.note(speakers.npcId);
    return { ...(await handle(fields.body, speakers, call)), personaId: speakers.persona.id };
  };
}

function tooLongNpc(): Refusal {
  return refuse(
    'bad_field',
    `The header ${SOURCE_NPC_HEADER} must have at most ${MAX_ID_CHARACTERS} characters.`,
  );
}

async function talk(body: RequestBody<'dialogue'>, speakers: Speakers, { deadline, parts }: EndpointCall) {
  const { answer, said } = await leadDialogue({ body, speakers, deadline }, parts);
  return { body: answer, said };
}

async function decide(body: RequestBody<'decide'>, speakers: Speakers, call: EndpointCall) {
  const actions = body.actions.length > 0 ? body.actions : DEFAULT_ACTIONS;
  const situation = { ...speakers, context: body.context, actions };
  const { action, reason, confidence } = await thinkWithinLimits(speakers, call.parts, (mind) =>
    mind.decide(situation, call.deadline.signal),
  );
  // The action stays as the script wrote it, which compares it; the reason may be shown.
  const shown = call.parts.gameText(reason) || '...';
  return { body: { npc_id: npcIdOf(speakers), action, reason: shown, confidence }, said: null };
}

async function feel(body: RequestBody<'emotion'>, speakers: Speakers, call: EndpointCall) {
  const event = { ...speakers, event: textOf(body.event) };
  const { emotion, intensity, valence } = await thinkWithinLimits(speakers, call.parts, (mind) =>
    mind.feel(event, call.deadline.signal),
  );
  return { body: { npc_id: npcIdOf(speakers), emotion, intensity, valence }, said: null };
}

/** Thoughts are not shown as words: where words would be a canned line, the offline brain thinks them. */
async function thinkWithinLimits<T extends AnswerSource>(
  { playerId }: Speakers,
  { mind, offline, limits }: EndpointParts,
  ask: (mind: Mind) => Promise<T>,
): Promise<T> {
  const player = playerId === null ? null : String(playerId);
  const isLimited = limits.checkThought(player) !== null;
  const spend = (tokens: AnswerSource['tokens']) => {
    if (player !== null) limits.spend(player, tokens);
  };
  try {
    const thought = await ask(isLimited ? offline : mind);
    spend(thought.tokens);
    return thought;
  } catch (error) {
    spend(tokensSpent(error));
    if (cannedReasonOf(error) === null) throw error;
    return await ask(offline);
  }
}
