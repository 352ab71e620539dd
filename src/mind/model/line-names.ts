import type { LineNames } from '../../reading/message.ts';
import { givenNames } from '../persona/persona-names.ts';
import type { PlayerFacts, Speakers } from '../talk/mind.ts';

export interface LineSpeakers extends Pick<Speakers, 'persona' | 'npcId' | 'priority' | 'trace'> {
  readonly player?: PlayerFacts | null;
  /** What the game lets the NPC tell now; a name may be among it. */
  readonly reveals?: readonly string[];
  /** Who else speaks in the answer: other NPCs of a scene. */
  readonly others?: readonly string[];
}

/** By which names an answer may call who speaks a line. Of a name such as Sage#prt the game shows what stands before the #. */
export function lineNamesOf({ persona, npcId, player, others = [] }: LineSpeakers): LineNames {
  const shown = typeof npcId === 'string' ? npcId.split('#', 1) : [];
  const npc = [persona.name, persona.role, ...givenNames(persona), ...shown, ...others];
  return { npc: npc.filter(isName), player: [player?.name ?? ''].filter(isName) };
}

function isName(name: string): boolean {
  return name.trim() !== '';
}
