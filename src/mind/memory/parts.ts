import { cutRun, foldWidth, withoutAccents } from '../language/script.ts';
import { MEMORY_LIMITS } from './memory-limits.ts';

/**
 * What a line is found again by. Whole words alone would miss "sisters" for "sister", and what stands in a run without
 * blanks; so the parts are smaller than words, by script. Both the line and the question are cut by the same rules, so a
 * cut that is not steady (Thai, by dictionary) costs a part and never the line.
 */
export interface Parts {
  /** The words of scripts with blanks, and of Thai and its kind; pairs of Hangul syllables, and of Han and kana; single Han. */
  readonly words: readonly string[];
  /** Three letters of a word, with its ends marked; those of the longest words first, which say most. */
  readonly trigrams: readonly string[];
}

const RUNS =
  /(?<hangul>\p{Script=Hangul}+)|(?<han>[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+)|(?<unspaced>[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+)|(?<spaced>(?:(?!\p{Script=Hangul}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}|\p{Script=Lao}|\p{Script=Khmer}|\p{Script=Myanmar})[\p{L}\p{M}\p{N}])+)/gu;

/** All parts; where `most` are enough, none are looked for once so many words are found: trigrams take the longest. */
export function partsOf(text: string, most = Number.POSITIVE_INFINITY): Parts {
  const words = new Set<string>();
  const runs = new Set<string>();
  const add = (found: Iterable<string>) => {
    for (const word of found) words.add(word);
  };
  for (const { groups = {} } of foldWidth(text).toLowerCase().matchAll(RUNS)) {
    const { hangul, han, unspaced, spaced } = groups;
    if (hangul !== undefined) add(pairsOf(hangul));
    if (han !== undefined) add([...pairsOf(han), ...(han.match(/\p{Script=Han}/gu) ?? [])]);
    if (unspaced !== undefined) {
      add(cutRun(unspaced));
      runs.add(unspaced);
    }
    if (spaced !== undefined) {
      // Accents are left out in a chat as often as not, and whoever asks may be more careful than he was when he told.
      const word = withoutAccents(spaced);
      words.add(word);
      runs.add(word);
    }
    if (words.size >= most) return { words: [...words], trigrams: [] };
  }
  const longestFirst = [...runs].sort((one, other) => other.length - one.length);
  return { words: [...words], trigrams: [...new Set(longestFirst.flatMap(trigramsOf))] };
}

/** The parts of a line, or of a question about lines, as they stand in the table: so many at most, words before trigrams. */
export function partNumbersOf(text: string, most: number = MEMORY_LIMITS.partsPerLine): number[] {
  const { words, trigrams } = partsOf(text, most);
  // Marked, so that the word "the" is another part than the middle of "other".
  const all = [...words.map((word) => `=${word}`), ...trigrams];
  return [...new Set(all.slice(0, most).map(numberOf))];
}

/** A single syllable or letter is its own part. */
function pairsOf(run: string): string[] {
  const letters = [...run];
  return letters.length === 1 ? letters : letters.slice(1).map((letter, at) => `${letters[at]}${letter}`);
}

/** Of a word of three letters the ends tell nothing more: "dog" is found in "dogs", and "the" is asked for twice, not four times. */
function trigramsOf(run: string): string[] {
  const letters = [...run];
  if (letters.length < 3) return [];
  if (letters.length === 3) return [run];
  const marked = ['^', ...letters, '$'];
  return marked.slice(2).map((letter, at) => `${marked[at]}${marked[at + 1]}${letter}`);
}

/** FNV-1a, of 32 bits: two parts with one number make a line look a little more fitting than it is, and nothing else. */
function numberOf(part: string): number {
  let number = 0x811c9dc5;
  for (let at = 0; at < part.length; at += 1) {
    number = Math.imul(number ^ part.charCodeAt(at), 0x01000193);
  }
  return number >>> 0;
}
