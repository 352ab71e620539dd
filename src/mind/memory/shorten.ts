import type { Recollection } from '../talk/recollection.ts';
import { foldOldest, shortenRecollection } from './fold.ts';

/** A summary that is still too long is halved so often, from the 800 characters that it has at most. */
const SUMMARY_CHARACTERS = [400, 200, 100, 0];

/**
 * The most of what an NPC knows that `fits`: the oldest turns go into the summary first, then the summary gets shorter, then
 * what was recalled goes and what scripts told, and last the turns that are left. What fits into nothing is given as the least there is.
 */
export function shortenMemory(
  recollection: Recollection,
  fits: (shorter: Recollection) => boolean,
): Recollection {
  if (fits(recollection)) return recollection;
  const folded = foldUntil(recollection, fits);
  if (fits(folded)) return folded;
  return leastFrom(folded).find(fits) ?? { ...folded, summary: null, turns: [], recalled: [], facts: [] };
}

/** One turn is left at least: what the NPC said last is what the player speaks of now. */
function foldUntil(recollection: Recollection, fits: (shorter: Recollection) => boolean): Recollection {
  let shorter = recollection;
  while (shorter.turns.length > 1 && !fits(shorter)) shorter = foldOldest(shorter, 1);
  return foldToStep(shorter, fits);
}

/**
 * Further on to a turn whose number can be divided by a power of two, of at most half of the turns that fit. Without this,
 * each talk would push one turn out, and a model server would have to read all of them anew.
 */
function foldToStep(shorter: Recollection, fits: (shorter: Recollection) => boolean): Recollection {
  const step = 2 ** Math.floor(Math.log2(Math.max(1, shorter.turns.length / 2)));
  const over = shorter.turnsBefore % step;
  if (over === 0) return shorter;
  const further = foldOldest(shorter, step - over);
  // Its summary may have become longer than the turns were.
  return fits(further) ? further : shorter;
}

function leastFrom(folded: Recollection): Recollection[] {
  const summaries = SUMMARY_CHARACTERS.map((characters) => shortenRecollection(folded, characters));
  const bare = { ...folded, summary: null, recalled: [] };
  return [...summaries, bare, { ...bare, facts: [] }];
}
