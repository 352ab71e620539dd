import type { Persona } from './persona.ts';

/** What an NPC tells only to whom the game says: a name for scripts, the words, and what asks for them. */
export type Reveal = Persona['reveals'][number];

interface SortedReveals {
  /** What may be told in this call. */
  readonly open: readonly Reveal[];
  readonly locked: readonly Reveal[];
}

/**
 * The first of these names that the persona does not have, by its place, and what it has; undefined where it has all of them.
 * Such a name is a slip of the pen: a player who was to be told something would never be told.
 */
export function strangerAmong(
  names: readonly string[],
  { reveals }: Pick<Persona, 'reveals'>,
): { readonly at: number; readonly has: string } | undefined {
  const known = reveals.map(({ name }) => name);
  const at = names.findIndex((name) => !known.includes(name));
  return at < 0 ? undefined : { at, has: known.join(', ') || 'none' };
}

/** The reveals of a persona, by the names that the game unlocks in this call; without names all are locked. */
export function sortReveals(
  { reveals }: Pick<Persona, 'reveals'>,
  names: readonly string[] = [],
): SortedReveals {
  const isOpen = ({ name }: Reveal) => names.includes(name);
  return { open: reveals.filter(isOpen), locked: reveals.filter((reveal) => !isOpen(reveal)) };
}
