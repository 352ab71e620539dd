import type { PersonaBook } from '../../mind/persona/persona-book.ts';
import type { Speakers } from '../../mind/talk/mind.ts';
import type { KnownOwner, MemoryOwner } from '../memory/memory.ts';

const NEUTRAL = 'neutral';

/** Who speaks to whom: the NPC's persona, or the neutral one where no persona has that name. */
export function speakersOf(
  { npcId, playerId }: Pick<Speakers, 'npcId' | 'playerId'>,
  personas: PersonaBook,
): Speakers {
  return { persona: personas.find(npcId), npcId, playerId };
}

/** As the caller named the NPC; the persona's id when nobody did. */
export function npcIdOf({ npcId, persona }: Speakers): string | number {
  return npcId ?? persona.id;
}

/** As players see the NPC. Of an id such as Old Jon#2 the game shows what stands before the #; a number is no name. */
export function shownNameOf({ persona, npcId }: Pick<Speakers, 'persona' | 'npcId'>): string {
  if (persona.id !== NEUTRAL) return persona.name;
  const shown = typeof npcId === 'string' ? (npcId.split(/#|::/, 1)[0] ?? '').trim() : '';
  return /\p{L}/u.test(shown) ? shown : persona.role;
}

/** Whose memory a talk belongs to; null without a player_id. */
export function memoryOwnerOf(speakers: Speakers): MemoryOwner | null {
  const { playerId } = speakers;
  return playerId === null ? null : { npcId: rememberingNpcOf(speakers), playerId: String(playerId) };
}

/** Whose memory the NPC's talk with this player is; without a player, what it may tell everybody. */
export function recalledOwnerOf(speakers: Speakers): KnownOwner {
  return memoryOwnerOf(speakers) ?? { npcId: rememberingNpcOf(speakers), playerId: null };
}

/** An NPC that no persona has speaks as neutral, and remembers for itself. */
export function rememberingNpcOf({ persona, npcId }: Pick<Speakers, 'persona' | 'npcId'>): string {
  return persona.id === NEUTRAL && npcId !== null ? String(npcId) : persona.id;
}
