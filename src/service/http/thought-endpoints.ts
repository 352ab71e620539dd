import type { Speakers } from '../../mind/talk/mind.ts';
import { textOf } from '../../mind/talk/situation-text.ts';
import { DEFAULT_ACTIONS, type RequestBody } from '../base/contract.ts';
import { npcIdOf } from '../dialogue/speakers.ts';
import { thinkWithinLimits } from '../dialogue/thinking.ts';
import type { EndpointCall } from './endpoint.ts';

export async function decide(body: RequestBody<'decide'>, speakers: Speakers, call: EndpointCall) {
  const actions = body.actions.length > 0 ? body.actions : DEFAULT_ACTIONS;
  const situation = { ...speakers, context: body.context, actions };
  const { thought } = await thinkWithinLimits(speakers.playerId, call.parts, (mind) =>
    mind.decide(situation, call.deadline.signal),
  );
  const { action, confidence } = thought;
  // The action stays as the script wrote it, which compares it; the reason may be shown.
  const shown = call.parts.gameText(call.parts.profanityFilter(thought.reason)) || '...';
  return { body: { npc_id: npcIdOf(speakers), action, reason: shown, confidence }, said: null };
}

export async function feel(body: RequestBody<'emotion'>, speakers: Speakers, call: EndpointCall) {
  const event = { ...speakers, event: textOf(body.event) };
  const { thought } = await thinkWithinLimits(speakers.playerId, call.parts, (mind) =>
    mind.feel(event, call.deadline.signal),
  );
  const { emotion, intensity, valence } = thought;
  return { body: { npc_id: npcIdOf(speakers), emotion, intensity, valence }, said: null };
}
