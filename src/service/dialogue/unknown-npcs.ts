import type { Logger } from '../../base/logger.ts';
import type { PersonaBook } from '../../mind/persona/persona-book.ts';

/** NPCs that no persona answers to: often meant so, now and then a slip of the pen. */
export interface UnknownNpcs {
  /** Logs an NPC that is called by a name which no persona has, once for each name. null is an NPC without a name. */
  note(npcId: string | number | null): void;
}

/** A server that gives each NPC a number of its own shall not fill the memory, nor the log. */
const MAX_NAMES = 100;

export function createUnknownNpcs(personas: Pick<PersonaBook, 'has'>, logger: Logger): UnknownNpcs {
  const told = new Set<string>();
  return {
    note(npcId) {
      if (npcId === null || told.size >= MAX_NAMES || told.has(String(npcId)) || personas.has(npcId)) return;
      told.add(String(npcId));
      logger.info({ npc_id: npcId }, 'No persona answers to this NPC: it speaks as neutral');
    },
  };
}
