import type { z } from 'zod';
import { DEFAULT_ACTIONS } from '../brain/decision.ts';
import { textOf } from '../brain/situation.ts';
import { type DialogueParts, leadDialogue } from '../dialogue.ts';
import type { Talk } from '../memory/recollecting.ts';
import type { PersonaBook } from '../persona/persona-book.ts';
import { tokensSpent } from '../providers/model-error.ts';
import type { AnswerSource, Provider, Speakers } from '../providers/provider.ts';
import { npcIdOf, SOURCE_NPC_HEADER, speakersOf } from '../speakers.ts';
import type { Strangers } from '../strangers.ts';
import { checkFields } from './body.ts';
import { type Answer, MAX_ID_CHARACTERS, REQUESTS, type RequestBody, type RequestName } from './contract.ts';
import type { Deadline } from './deadline.ts';
import { isRefusal, type Refusal, refuse } from './http-error.ts';

/** What the NPC endpoints answer from. */
export interface Mind extends DialogueParts {
  readonly personas: PersonaBook;
  /** Who decides and feels for a player who has no tokens left, and while the NPCs are off: it costs nothing. */
  readonly offline: Provider;
  readonly strangers: Strangers;
}

/** An answer with status 200, and what is remembered of it when it is delivered. */
export interface Answered {
  readonly body: Answer<RequestName>;
  readonly personaId: string;
  readonly said: Omit<Talk, 'key'> | null;
}

/** One call of an endpoint, besides its body. */
export interface EndpointCall {
  readonly request: Request;
  readonly deadline: Deadline;
  readonly mind: Mind;
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
    const speakers = speakersOf(fields.body, call.request, call.mind.personas);
    // The body's is short enough by now, so this one is the header's.
    if (String(speakers.npcId).length > MAX_ID_CHARACTERS) return tooLongNpc();
    call.mind.strangers.note(speakers.npcId);
    return { ...(await handle(fields.body, speakers, call)), personaId: speakers.persona.id };
  };
}

function tooLongNpc(): Refusal {
  return refuse(
    'bad_field',
    `The header ${SOURCE_NPC_HEADER} must have at most ${MAX_ID_CHARACTERS} characters.`,
  );
}

async function talk(body: RequestBody<'dialogue'>, speakers: Speakers, { deadline, mind }: EndpointCall) {
  const { answer, said } = await leadDialogue({ body, speakers, deadline }, mind);
  return { body: answer, said };
}

async function decide(body: RequestBody<'decide'>, speakers: Speakers, call: EndpointCall) {
  const actions = body.actions.length > 0 ? body.actions : DEFAULT_ACTIONS;
  const situation = { ...speakers, context: body.context, actions };
  const { action, reason, confidence } = await think(speakers, call.mind, (provider) =>
    provider.decide(situation, call.deadline.signal),
  );
  return { body: { npc_id: npcIdOf(speakers), action, reason, confidence }, said: null };
}

async function feel(body: RequestBody<'emotion'>, speakers: Speakers, call: EndpointCall) {
  const event = { ...speakers, event: textOf(body.event) };
  const { emotion, intensity, valence } = await think(speakers, call.mind, (provider) =>
    provider.feel(event, call.deadline.signal),
  );
  return { body: { npc_id: npcIdOf(speakers), emotion, intensity, valence }, said: null };
}

/** Thoughts are not shown as words: where words would be a canned line, the offline brain thinks them. */
async function think<T extends AnswerSource>(
  { playerId }: Speakers,
  { provider, offline, limits }: Mind,
  ask: (provider: Provider) => Promise<T>,
): Promise<T> {
  const player = playerId === null ? null : String(playerId);
  const isLimited = limits.checkThought(player) !== null;
  const spend = (tokens: AnswerSource['tokens']) => {
    if (player !== null) limits.spend(player, tokens);
  };
  try {
    const thought = await ask(isLimited ? offline : provider);
    spend(thought.tokens);
    return thought;
  } catch (error) {
    spend(tokensSpent(error));
    throw error;
  }
}
