import type { z } from 'zod';
import type { Speakers } from '../../mind/talk/mind.ts';
import {
  type Answer,
  MAX_ID_CHARACTERS,
  REQUESTS,
  type RequestBody,
  type RequestName,
} from '../base/contract.ts';
import { type CueCall, type CueParts, leadOptions, leadScene, leadShout } from '../dialogue/cues.ts';
import { leadDialogue } from '../dialogue/dialogue.ts';
import { speakersOf } from '../dialogue/speakers.ts';
import { checkFields } from './body.ts';
import { SOURCE_NPC_HEADER, sourceNpcOf } from './call-headers.ts';
import type { Endpoint, EndpointCall, Handle, WithIds } from './endpoint.ts';
import { tell } from './facts-endpoint.ts';
import { isRefusal, type Refusal, refuse } from './http-error.ts';
import { refusalOfReveals } from './reveals-field.ts';
import { decide, feel } from './thought-endpoints.ts';

export const ENDPOINTS: Readonly<Record<RequestName, Endpoint>> = {
  dialogue: checked(REQUESTS.dialogue, talk),
  decide: checked(REQUESTS.decide, decide),
  emotion: checked(REQUESTS.emotion, feel),
  options: checked(REQUESTS.options, unremembered(leadOptions)),
  shout: checked(REQUESTS.shout, unremembered(leadShout)),
  scene: checked(REQUESTS.scene, unremembered(leadScene)),
  facts: checked(REQUESTS.facts, tell),
};

/** Types of the general call that mean an endpoint, whatever the body holds. */
const TYPES: ReadonlyMap<string, RequestName> = new Map([
  ['dialogue', 'dialogue'],
  ['decide', 'decide'],
  ['decision', 'decide'],
  ['emotion', 'emotion'],
  ['options', 'options'],
  ['shout', 'shout'],
  ['scene', 'scene'],
  ['facts', 'facts'],
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

function checked<Schema extends WithIds>(schema: Schema, handle: Handle<z.infer<Schema>>): Endpoint {
  return async (json, call) => {
    const fields = checkFields(json, schema);
    if (isRefusal(fields)) return fields;
    const { npc_id, player_id: playerId } = fields.body;
    const npcId = npc_id ?? sourceNpcOf(call.request);
    const { priority, trace } = call;
    const speakers = { ...speakersOf({ npcId, playerId }, call.parts.personas), priority, trace };
    // The body's is short enough by now, so this one is the header's.
    if (String(speakers.npcId).length > MAX_ID_CHARACTERS) return tooLongNpc();
    call.parts.unknownNpcs.note(speakers.npcId);
    const handled = await handle(fields.body, speakers, call);
    return isRefusal(handled) ? handled : { ...handled, personaId: speakers.persona.id };
  };
}

function tooLongNpc(): Refusal {
  return refuse(
    'bad_field',
    `The header ${SOURCE_NPC_HEADER} must have at most ${MAX_ID_CHARACTERS} characters.`,
  );
}

async function talk(body: RequestBody<'dialogue'>, speakers: Speakers, { deadline, parts }: EndpointCall) {
  const unknown = refusalOfReveals(body.reveals, speakers.persona);
  if (unknown !== undefined) return unknown;
  const { answer, said } = await leadDialogue({ body, speakers, deadline }, parts);
  return { body: answer, said };
}

/** What nobody said to a player in person, and nobody remembers. */
function unremembered<Body>(
  lead: (call: CueCall<Body>, parts: CueParts) => Promise<Answer<RequestName>>,
): Handle<Body> {
  return async (body, speakers, { deadline, parts }) => ({
    body: await lead({ body, speakers, deadline }, parts),
    said: null,
  });
}
