/** A syllable or a word in one character: five of them greet, as 20 letters do with the name. */
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** Vowels and tones are marks here, and seven letters greet. */
const MARKED = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const WEIGHTS = { dense: 4, marked: 3, other: 1 } as const;

/** Whether a text says as much as so many Latin letters: 5 of Han, kana or Hangul say what 20 do. */
export function saysAsMuchAs(text: string, letters: number): boolean {
  let sum = 0;
  for (const character of text) {
    if (sum >= letters) break;
    sum += weightOf(character);
  }
  return sum >= letters;
}

function weightOf(character: string): number {
  if (DENSE.test(character)) return WEIGHTS.dense;
  if (/\p{M}/u.test(character)) return 0;
  return MARKED.test(character) ? WEIGHTS.marked : WEIGHTS.other;
}
