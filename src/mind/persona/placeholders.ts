import { FACT_KINDS } from '../language/fact-kinds.ts';
import { isSameLanguage } from '../language/language.ts';

/** What every line of a persona may name in braces: the persona itself. */
export const ALWAYS_KNOWN = ['name', 'role', 'place'] as const;

/** What a script told the NPC, and is about what the player says now. */
export const FACT_PLACEHOLDER = 'fact';

/** The placeholder of what a player tells: his name is {player}, all else is called as it is. */
export function placeholderFor(fact: string): string {
  return fact === 'name' ? 'player' : fact;
}

/** What the NPC may remember of a player, or the game may tell of him. */
export const REMEMBERED: readonly string[] = [
  ...FACT_KINDS.map(placeholderFor),
  ...['facts', 'quote', 'last_said', 'last_answer', FACT_PLACEHOLDER],
];

/** {word} is a word of the player's message that is worth taking up; many a message has none. */
export const WORD_PLACEHOLDER = 'word';

/** In shouts: what a script wants spoken of, where that can stand in a sentence. */
export const TOPIC_PLACEHOLDER = 'topic';

export const SOMETIMES_KNOWN: readonly string[] = [WORD_PLACEHOLDER, ...REMEMBERED];

/** In English, "a {class}" is an acolyte too. */
const INDEFINITE = /\b([Aa]) \{([^{}]*)\}/g;
const VOWEL = /^[aeiou]/i;
const SENTENCE_START = /(?:^|[.!?…]\s+)[¿¡]?$/;
const PLACEHOLDER = /\{([^{}]*)\}/g;

/** The names in braces of a line. */
export function placeholdersOf(line: string): string[] {
  return [...line.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

/** Whether a line can not be said to a stranger whose message has no word to take up. */
export function needsMore(line: string, captures: readonly string[]): boolean {
  return placeholdersOf(line).some((name) => SOMETIMES_KNOWN.includes(name) && !captures.includes(name));
}

/** Puts the values into a line of this language; undefined when one of them is not known. */
export function fillLine(
  line: string,
  values: ReadonlyMap<string, string>,
  language: string,
): string | undefined {
  if (placeholdersOf(line).some((name) => !values.has(name))) return undefined;
  const isEnglish = isSameLanguage(language, 'en');
  const articled = line.replace(INDEFINITE, (text, article: string, name: string) =>
    isEnglish && VOWEL.test(values.get(name) ?? '') ? `${article}n {${name}}` : text,
  );
  return articled.replace(PLACEHOLDER, (_, name: string, at: number) => {
    const value = values.get(name) ?? '';
    return SENTENCE_START.test(articled.slice(0, at))
      ? value.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase())
      : value;
  });
}
