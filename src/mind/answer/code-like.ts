/** Base64 and base32 are long and mix capitals or digits into their words, as no language does. */
const LONG_WORD = /[a-z0-9+/=_-]{32,}/gi;
const DIGIT_BESIDE_LETTER = /\d[a-z]|[a-z]\d/i;
const CAPITAL_INSIDE = /[a-z][A-Z]/;
/** Hex comes in pairs, binary in eights, and letters as their numbers. */
const NUMBERS =
  /(?:\b(?:0x)?[0-9a-f]{2}\b[ ,:-]?){16,}|(?:\b[01]{7,8}\b ?){6,}|(?:\b\d{2,3}\b[ ,;:-]{1,2}){16,}/i;
/** Morse: a dozen letters of points and dashes. */
const MORSE = /(?:(?<![^\s/|])[.·•_–—-]{1,6}[\s/|]+){12,}/u;
/** Leet: a digit between letters, such as th1s. Names of things have one now and then; without blanks, each number has. */
const OF_SPACED = String.raw`[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]`;
const DIGIT_INSIDE = new RegExp(String.raw`${OF_SPACED}\d${OF_SPACED}`, 'u');
const MOST_WITH_DIGITS = 3;
/** Letters that look alike, of alphabets that no word mixes. Russians write VIPка, but not three times in an answer. */
const ALIKE = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];
const MOST_MIXED = 2;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/**
 * Whether a text is enciphered, at least in part: what no NPC says in any language, and what a model told to hide its words
 * from whoever looks at them writes. It finds base64, base32, hex, binary, numbers for letters, Morse, leet and letters that
 * look alike. It cannot find a secret told in other words, word by word, or in another language.
 */
export function isCodeLike(text: string): boolean {
  if (NUMBERS.test(text) || MORSE.test(text)) return true;
  if ((text.match(LONG_WORD) ?? []).some(isMixed)) return true;
  const words = text.match(WORD) ?? [];
  return (
    words.filter((word) => DIGIT_INSIDE.test(word)).length > MOST_WITH_DIGITS ||
    words.filter(mixesAlphabets).length > MOST_MIXED
  );
}

/** Digits beside letters of either kind, or capitals within. */
function isMixed(word: string): boolean {
  return CAPITAL_INSIDE.test(word) || DIGIT_BESIDE_LETTER.test(word);
}

function mixesAlphabets(word: string): boolean {
  return ALIKE.filter((alphabet) => alphabet.test(word)).length > 1;
}
