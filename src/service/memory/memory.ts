import type { Recollection, Turn } from '../../mind/talk/recollection.ts';

/** One NPC's memory of one player. Ids are compared as texts: the number 7 and the text "7" are the same. */
export interface MemoryOwner {
  /** The id of the persona, or the request's npc_id where no persona has it. */
  readonly npcId: string;
  readonly playerId: string;
}

/** Of whom an NPC knows something; null is everybody: what it may tell whoever comes. */
export interface KnownOwner extends Omit<MemoryOwner, 'playerId'> {
  readonly playerId: string | null;
}

/**
 * What NPCs remember of players, in the database of the queue. Never mixed between players: what is recalled (but for facts
 * that are everybody's),
 * and what a new turn locks, is found by both ids (owner-ids.ts), and the tables compare ids byte by byte.
 */
export interface NpcMemory {
  /**
   * Bounded: see MEMORY_LIMITS. `about` is what the player says now: older lines of his that bear on it are recalled.
   * Rejects with AiIpcError: database_unavailable, bad_argument (an id that cannot be stored).
   */
  recall(owner: KnownOwner, about?: string): Promise<Recollection>;
  /**
   * Adds a turn; what falls out of the last turns goes into the summary. The same `key` (the request's
   * Idempotency-Key) is remembered once; null remembers in any case.
   */
  remember(owner: MemoryOwner, turn: Turn, key: string | null): Promise<void>;
  /**
   * Adds a fact: of this player, or of everybody's. Bounded, the oldest one goes; one that is known already is not added.
   * Returns how many the NPC now knows of him.
   */
  tell(owner: KnownOwner, fact: string): Promise<number>;
  /** Forgets what this NPC, or every NPC (npcId null), knows of a player, or of every player (playerId null). Returns how many turns went. */
  forget(who: { readonly npcId: string | null; readonly playerId: string | null }): Promise<number>;
}
