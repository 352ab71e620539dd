import { toKey, type Word } from '../language/words.ts';

/** "buying" and "buy" are one choice, "selling" and "seller" too: their first letters tell. */
const STEM_CHARACTERS = 4;

/** The option that the player's words name most of; undefined when they name none, or two as much. */
export function chooseOption(options: readonly string[], words: readonly Word[]): string | undefined {
  const said = new Set(words.map(({ key }) => toStem(key)));
  const scored = options.map((option) => ({ option, score: scoreOf(option, said) }));
  const [best, second] = scored.toSorted((a, b) => b.score - a.score);
  return best && best.score > (second?.score ?? 0) ? best.option : undefined;
}

/** How many words of the option were said; a word of three letters or fewer must be said whole. */
function scoreOf(option: string, said: ReadonlySet<string>): number {
  const stems = option.split(/[^\p{L}\p{N}\p{M}]+/u).map((word) => toStem(toKey(word)));
  return new Set(stems.filter((stem) => stem.length > 1 && said.has(stem))).size;
}

function toStem(key: string): string {
  return key.slice(0, STEM_CHARACTERS);
}
