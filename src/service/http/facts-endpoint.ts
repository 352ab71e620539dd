import { AiIpcError } from '../../base/errors.ts';
import type { Speakers } from '../../mind/talk/mind.ts';
import type { RequestBody } from '../base/contract.ts';
import { cleanFact } from '../dialogue/cues.ts';
import { npcIdOf, recalledOwnerOf } from '../dialogue/speakers.ts';
import type { Answered, EndpointCall } from './endpoint.ts';
import { type Refusal, refuse } from './http-error.ts';
import { NO_MEMORY, refusalOfMemory, tooSlow } from './memory-refusal.ts';

/** Tells an NPC what happened. It is in the database when this is answered: a script need not tell it twice. */
export async function tell(
  { fact }: RequestBody<'facts'>,
  speakers: Speakers,
  { parts, deadline, deadlineMs }: EndpointCall,
): Promise<Omit<Answered, 'personaId'> | Refusal> {
  const told = cleanFact(fact);
  if (told === '')
    return refuse('bad_field', 'The field fact must have words besides codes and control characters.');
  const memory = parts.memory();
  if (memory === null) return refuse('unavailable', NO_MEMORY);
  try {
    const telling = memory.tell(recalledOwnerOf(speakers), told);
    // A little before the caller waits no longer: he is to hear that it was the memory.
    const facts = await Promise.race([telling, untilAborted(deadline.signal)]);
    if (facts === undefined) return refuse('unavailable', tooSlow(deadlineMs));
    return {
      body: { npc_id: npcIdOf(speakers), player_id: speakers.playerId, fact: told, facts },
      said: null,
    };
  } catch (error) {
    const refusal = error instanceof AiIpcError ? refusalOfMemory(error, deadlineMs) : undefined;
    if (refusal === undefined) throw error;
    return refusal;
  }
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
