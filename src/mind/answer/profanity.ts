import { allPacks } from '../language/pack-book.ts';
import { isHangul, isRun } from '../language/script.ts';
import { hideInRun } from './profanity-in-runs.ts';
import {
  comparable,
  type Entries,
  forgetful,
  type ProfanityList,
  toProfanityList,
} from './profanity-list.ts';

/** Makes an answer fit to be shown: the hook for a filter of the server's own. It must not make a text empty. */
export type ProfanityFilter = (text: string) => string;

/** Lets everything pass. */
export const NO_FILTER: ProfanityFilter = (text) => text;

/**
 * A filter that shows the first letter of each of these words and stars for the rest: "damn" is "d***". Case, width and
 * accents that somebody forgot or put on do not matter. `damn*` stands for every word that begins so, `*damn*` for what
 * has it anywhere inside; where words have no blanks between them, a word is found in the run it stands in.
 */
export function createProfanityFilter(words: readonly string[]): ProfanityFilter {
  const list = toProfanityList(words);
  if (list.isEmpty) return NO_FILTER;
  return (text) =>
    text.replace(WORD, (word) => {
      if (isRun(word)) return hideInRun(word, list);
      return isBad(comparable(word), list) ? toStars(word) : word;
    });
}

const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*/gu;
/** "DÁMN" is "damn". What makes another word stays: ñ and ç, dots, and an accent at the end (salé is not sale). */
const EMPHASIS = /[\u0300-\u0302](?!$)/g;

function isBad(key: string, list: ProfanityList): boolean {
  if (isIn(list, 'keys', key)) return true;
  if (isHangul(key)) return withoutParticles(key).some((form) => list.whole.keys.has(form));
  if (forgetful(key) === key) return isIn(list, 'plain', key) && !isEverydayWord(key);
  const calm = key.normalize('NFD').replace(EMPHASIS, '').normalize('NFC');
  return calm !== key && isIn(list, 'keys', calm);
}

function isIn({ whole, beginnings, insides }: ProfanityList, form: 'keys' | 'plain', key: string): boolean {
  return (
    whole[form].has(key) ||
    beginnings.lengths.some((length) => length <= key.length && beginnings[form].has(key.slice(0, length))) ||
    insides.lengths.some((length) => hasInside(key, length, insides[form]))
  );
}

function hasInside(key: string, length: number, insides: Entries['keys']): boolean {
  for (let at = 0; at + length <= key.length; at += 1) {
    if (insides.has(key.slice(at, at + length))) return true;
  }
  return false;
}

/** cocô without its accent is the coconut: what is a word of its own in a language is not hidden for another's sake. */
function isEverydayWord(key: string): boolean {
  everyday ??= new Set(allPacks().flatMap((pack) => pack.common_words.map(comparable)));
  return everyday.has(key);
}

let everyday: ReadonlySet<string> | undefined;

/** In Korean a particle may stand behind any word. */
function withoutParticles(key: string): string[] {
  particles ??= allPacks()
    .filter(({ scripts }) => scripts.includes('Hangul'))
    .flatMap((pack) => pack.particles.map(comparable));
  return particles.filter((end) => key.endsWith(end)).map((end) => key.slice(0, -end.length));
}

let particles: readonly string[] | undefined;

function toStars(word: string): string {
  const [first = '', ...others] = word;
  return `${first}${'*'.repeat(Math.max(1, others.length))}`;
}
