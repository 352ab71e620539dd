import { foldWidth } from '../language/script.ts';

/** Words as a list has them: word, how* a word begins, and what stands *anywhere* inside. */
export interface ProfanityList {
  readonly whole: Entries;
  readonly beginnings: Entries;
  readonly insides: Entries;
  readonly isEmpty: boolean;
}

/** Looked up one by one: a list of 100,000 words would be gone through for each word of each answer. */
export interface Entries {
  readonly keys: ReadonlySet<string>;
  /** What words with accents are without them. */
  readonly plain: ReadonlySet<string>;
  readonly lengths: readonly number[];
}

/** No word is longer; as many lengths are looked up at most. */
const MAX_LENGTH = 60;
const BETWEEN_LETTERS = /['’-]/g;
const ACCENTS = /(?<=[\p{Script=Latin}\p{Script=Cyrillic}]\p{M}{0,3})(?<![nc])\p{M}/gu;
const STARS = /^\*+|\*+$/g;

export function toProfanityList(lines: readonly string[]): ProfanityList {
  const words = lines.map((line) => line.normalize('NFKC').trim());
  const isInside = (word: string) => word.startsWith('*') && word.endsWith('*');
  const isBeginning = (word: string) => !word.startsWith('*') && word.endsWith('*');
  const whole = toEntries(words.filter((word) => !word.endsWith('*')));
  const beginnings = toEntries(words.filter(isBeginning));
  const insides = toEntries(words.filter(isInside));
  const isEmpty = [whole, beginnings, insides].every(({ keys }) => keys.size === 0);
  return { whole, beginnings, insides, isEmpty };
}

/** What is compared: width, case, ß for ss and marks between letters are no matter; what stands on a letter is. */
export function comparable(word: string): string {
  return foldWidth(word)
    .replace(BETWEEN_LETTERS, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFC')
    .trim();
}

/**
 * As it is typed where accents are forgotten: cuzao for cuzão. ñ and ç are letters of their own (cono is no coño), and marks
 * outside Latin and Cyrillic are never left out.
 */
export function forgetful(key: string): string {
  return key.normalize('NFD').replace(ACCENTS, '').normalize('NFC');
}

function toEntries(words: readonly string[]): Entries {
  const keys = words
    .map((word) => comparable(word.replace(STARS, '')))
    .filter((key) => key !== '' && key.length <= MAX_LENGTH);
  const plain = keys.filter((key) => forgetful(key) !== key).map(forgetful);
  const lengths = [...new Set([...keys, ...plain].map((key) => key.length))];
  return { keys: new Set(keys), plain: new Set(plain), lengths };
}
