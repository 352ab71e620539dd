import type { Persona } from './persona.ts';

/** What an NPC tells only to whom the game says: a name for scripts, the words, and what asks for them. */
export type Reveal = Persona['reveals'][number];

interface SortedReveals {
  /** What may be told in this call. */
  readonly open: readonly Reveal[];
  readonly locked: readonly Reveal[];
}

/** The reveals of a persona, by the names that the game unlocks in this call; without names all are locked. */
export function sortReveals(
  { reveals }: Pick<Persona, 'reveals'>,
  names: readonly string[] = [],
): SortedReveals {
  const isOpen = ({ name }: Reveal) => names.includes(name);
  return { open: reveals.filter(isOpen), locked: reveals.filter((reveal) => !isOpen(reveal)) };
}
