/**
 * What is known of scripts. Words of those without blanks are cut by the dictionaries of Intl.Segmenter: which locale it
 * is made for changes nothing (Node 20, ICU 72 and 78).
 */
export const WORDS = new Intl.Segmenter('und', { granularity: 'word' });
/** A letter with all that stands on it is one. */
export const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });

const RUN =
  /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const SPELT_RUN = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const HANGUL = /\p{Script=Hangul}/u;
const ASCII = /^[\0-\x7f]*$/;
/** ㅋㅋ and ㄳ are written as they stand: folded, they would join with what follows. */
const NOT_JAMO = /[^\u3131-\u318e]+/g;
/** NFKC takes these vowels of Thai and Lao apart, and then no dictionary knows the word. */
const SARA_AM = /\u0e4d\u0e32/g;
const LAO_AM = /\u0ecd\u0eb2/g;
/** Marks make another letter in Thai or kana; here they are what people leave out. */
const ACCENTS = /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{M}+/gu;

/** Whether the text has letters of a script that puts no blanks between words. */
export function isRun(text: string): boolean {
  return !ASCII.test(text) && RUN.test(text);
}

/** Of those without blanks, the ones that spell words out: a short word is often the beginning of another one. */
export function isSpeltRun(text: string): boolean {
  return SPELT_RUN.test(text);
}

export function isHangul(text: string): boolean {
  return HANGUL.test(text);
}

/** Full-width, half-width and composed forms are one: ｗｗｗ is www, ｶﾞ is ガ. */
export function foldWidth(text: string): string {
  if (ASCII.test(text)) return text;
  const folded = text.replace(NOT_JAMO, (part) => part.normalize('NFKC'));
  return folded.replace(SARA_AM, '\u0e33').replace(LAO_AM, '\u0eb3');
}

/** The text without the accents of Latin, Greek and Cyrillic letters. */
export function withoutAccents(text: string): string {
  if (ASCII.test(text)) return text;
  return text.normalize('NFD').replace(ACCENTS, '').normalize('NFC');
}

/** The words of a text without blanks, as the dictionary cuts them; not the same in every sentence. */
export function cutRun(text: string): string[] {
  const parts: string[] = [];
  for (const { segment, isWordLike } of WORDS.segment(text)) if (isWordLike) parts.push(segment);
  return parts;
}
