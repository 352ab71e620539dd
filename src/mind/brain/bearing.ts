import { languageOf } from '../language/language.ts';
import { topicKeyOf } from '../language/topics.ts';
import { toWords } from '../language/words.ts';

/** The words of a text that are about something, as they are compared: "gates" and "gate" are one. */
export function topicKeys(text: string, code: string): ReadonlySet<string> {
  const language = languageOf(code);
  const keys = toWords(text, language).flatMap((word) => topicKeyOf(word, language) ?? []);
  return new Set(keys.map(toStem));
}

/** How many of these words a text takes up. */
export function bearingOn(keys: ReadonlySet<string>, text: string, language: string): number {
  return [...topicKeys(text, language)].filter((key) => keys.has(key)).length;
}

/** The texts that take up most of these words, and how many that is; none at all where no text takes up any. */
export function bestBearing(
  texts: readonly string[],
  keys: ReadonlySet<string>,
  language: string,
): { readonly texts: readonly string[]; readonly score: number } {
  const scored = texts.map((text) => ({ text, score: bearingOn(keys, text, language) }));
  const score = Math.max(0, ...scored.map((one) => one.score));
  return {
    score,
    texts: score === 0 ? [] : scored.filter((one) => one.score === score).map(({ text }) => text),
  };
}

function toStem(key: string): string {
  return key.length > 4 ? key.replace(/(?<!s)s$/, '') : key;
}
