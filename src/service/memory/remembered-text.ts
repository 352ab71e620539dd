import { headOf } from '../../mind/language/cut.ts';
import { MEMORY_LIMITS } from '../../mind/memory/memory-limits.ts';

/** What is remembered of a text: its first characters (code points), without NUL; no mark is parted from its letter. */
export function toRemembered(text: string): string {
  const { charactersPerTurn } = MEMORY_LIMITS;
  // A code point has two units at most; a NUL ends a text in some tools that read the database.
  return headOf(text.replaceAll('\0', '').slice(0, 2 * charactersPerTurn), charactersPerTurn);
}
