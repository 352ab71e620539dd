import { foldWidth, withoutAccents } from './script.ts';

const APOSTROPHES = /['’]/g;

/** How the words of a language are spelt. */
export interface Spelt {
  /** Whether words differ by their accents. */
  readonly hasAccents: boolean;
}

/** The form in which names and words without a language are compared: Café, CAFE and café are one. */
export function toKey(word: string): string {
  return withoutAccents(foldWidth(word)).replace(APOSTROPHES, '').toLowerCase();
}

/** The form in which words of a language are compared: with their accents, where it has any. */
export function keyIn(word: string, { hasAccents }: Spelt): string {
  return hasAccents ? foldWidth(word).replace(APOSTROPHES, '').toLowerCase() : toKey(word);
}

/** Words as a player writes them, with and without their accents. */
export function toWordSet(list: readonly string[], language: Spelt): ReadonlySet<string> {
  return new Set(list.flatMap((word) => [keyIn(word, language), toKey(word)]));
}
