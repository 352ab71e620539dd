/** Makes an answer fit to be shown: the hook for a filter of the server's own. It must not make a text empty. */
export type ProfanityFilter = (text: string) => string;

/** Lets everything pass. */
export const NO_FILTER: ProfanityFilter = (text) => text;

/**
 * A filter that shows the first letter of each of these words and stars for the rest: "damn" is "d***". Case and
 * accents do not matter, and a word that ends in * stands for every word that begins so: "damn*" is also "damned".
 */
export function createProfanityFilter(words: readonly string[]): ProfanityFilter {
  const keys = words.map(toComparable).filter((word) => word !== '' && word !== '*');
  if (keys.length === 0) return NO_FILTER;
  const whole = new Set(keys.filter((word) => !word.endsWith('*')));
  const prefixes = new Set(keys.filter((word) => word.endsWith('*')).map((word) => word.slice(0, -1)));
  const isBad = (word: string) => {
    const key = toComparable(word);
    return whole.has(key) || beginningsOf(key).some((beginning) => prefixes.has(beginning));
  };
  return (text) => text.replace(WORD, (word) => (isBad(word) ? toStars(word) : word));
}

const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*/gu;

/** Looked up one by one: a list of 100,000 words would be gone through for each word of each answer. */
function beginningsOf(key: string): string[] {
  return Array.from({ length: key.length }, (_, at) => key.slice(0, at + 1));
}

function toComparable(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/[\p{M}'’-]/gu, '')
    .trim()
    .toLowerCase();
}

function toStars(word: string): string {
  const [first = '', ...others] = word;
  return `${first}${'*'.repeat(Math.max(1, others.length))}`;
}
