import type { MemoryOwner } from './memory/memory.ts';
import type { PersonaBook } from './persona/persona-book.ts';
import type { Speakers } from './providers/provider.ts';

/** The worker sends the script's NPC here, percent-encoded. */
export const SOURCE_NPC_HEADER = 'X-AI-IPC-Source-Npc';
const NEUTRAL = 'neutral';

interface Ids {
  readonly npc_id: string | number | null;
  readonly player_id: string | number | null;
}

/** Who speaks to whom: by the body, else by the worker's header, else the neutral persona. */
export function speakersOf(ids: Ids, request: Request, personas: PersonaBook): Speakers {
  const npcId = ids.npc_id ?? sourceNpcOf(request);
  return { persona: personas.find(npcId), npcId, playerId: ids.player_id };
}

/** The NPC that the worker's header names; null without one. */
export function sourceNpcOf({ headers }: Request): string | null {
  const encoded = headers.get(SOURCE_NPC_HEADER)?.trim();
  if (!encoded) return null;
  try {
    return decodeURIComponent(encoded);
  } catch {
    // Not every client encodes: "50% off" is a name too.
    return encoded;
  }
}

/** As the caller named the NPC; the persona's id when nobody did. */
export function npcIdOf({ npcId, persona }: Speakers): string | number {
  return npcId ?? persona.id;
}

/** Whose memory a talk belongs to; null without a player_id. */
export function memoryOwnerOf(speakers: Speakers): MemoryOwner | null {
  const { playerId } = speakers;
  return playerId === null ? null : { npcId: rememberingNpcOf(speakers), playerId: String(playerId) };
}

/** An NPC that no persona has speaks as neutral, and remembers for itself. */
export function rememberingNpcOf({ persona, npcId }: Pick<Speakers, 'persona' | 'npcId'>): string {
  return persona.id === NEUTRAL && npcId !== null ? String(npcId) : persona.id;
}
