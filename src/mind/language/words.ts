import type { Language } from './language.ts';

/** One word of a message: as it is compared, and as the player wrote it (letters, digits and inner apostrophes only). */
export interface Word {
  readonly key: string;
  readonly written: string;
}

/** A chat line has at most 255 bytes; what stands behind 2,000 characters or 200 words changes no answer. */
const MAX_CHARACTERS = 2_000;
const MAX_WORDS = 200;

const WORD = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*/gu;
const COLOR_CODE = /\^[0-9a-f]{6}/gi;
const MARKS = /\p{M}+/gu;
const APOSTROPHES = /['’]/g;

/** The words of a text: lower case, without accents, punctuation and colour codes, in the language's usual spelling. */
export function toWords(text: string, language: Language): Word[] {
  const words: Word[] = [];
  const head = text.slice(0, MAX_CHARACTERS).replace(COLOR_CODE, ' ');
  for (const [written] of head.matchAll(WORD)) {
    if (words.length >= MAX_WORDS) break;
    words.push(...toUsualSpelling(written, language));
  }
  return words;
}

/** The form in which words are compared: Café, CAFE and café are one. */
export function toKey(word: string): string {
  return word.normalize('NFKD').replace(MARKS, '').replace(APOSTROPHES, '').toLowerCase();
}

function toUsualSpelling(written: string, language: Language): Word[] {
  const key = toKey(written);
  if (key === '') return [];
  const usual = language.spellings.get(key);
  if (!usual) return [{ key, written }];
  return usual.map((word) => ({ key: word, written: usual.length === 1 ? written : word }));
}
