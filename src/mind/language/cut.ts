import { GRAPHEMES, isRun, WORDS } from './script.ts';

/** Units before and behind a cut in which its place is looked for: no word of a dictionary is longer. */
const WINDOW = { before: 60, after: 30 } as const;
/** They are written before the consonant behind which they are spoken. */
const LEADING_VOWELS = /[\u0e40-\u0e44\u0ec0-\u0ec4]+$/u;
/** What a sentence that is broken off does not end with. */
const DANGLING = /[\s、，､：；]+$/u;

/** The first characters (code points) of a text, so many at most; what belongs to a letter is not parted from it. */
export function headOf(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const limit = unitsOf(text, maxCharacters);
  return limit >= text.length ? text : text.slice(0, graphemeEnd(text, limit));
}

/** At most so many characters (code points), up to the last word that fits, with an ellipsis. A text that fits stays. */
export function cutAtWord(text: string, maxCharacters: number, ellipsis = '…'): string {
  if (text.length <= maxCharacters || unitsOf(text, maxCharacters) >= text.length) return text;
  const room = Math.max(0, maxCharacters - [...ellipsis].length);
  const end = graphemeEnd(text, unitsOf(text, room));
  return `${text.slice(0, wordEnd(text, end)).replace(DANGLING, '')}${ellipsis}`;
}

/** The place at or before `end` at which a word ends; `end` itself where a word is longer than half of the text. */
function wordEnd(text: string, end: number): number {
  const head = text.slice(0, end);
  if (isWithinRun(head, text.slice(end))) return dictionaryEnd(text, end);
  const blank = head.lastIndexOf(' ');
  return blank > head.length / 2 ? blank : end - (LEADING_VOWELS.exec(head)?.[0].length ?? 0);
}

/** Whether no blank is to be expected here. A mark or ー behind a letter is of its script. */
function isWithinRun(before: string, after: string): boolean {
  return (
    isRun(before.slice(-3)) && /\S$/u.test(before) && /^[\p{L}\p{M}]/u.test(after) && isRun(after.slice(0, 3))
  );
}

function dictionaryEnd(text: string, end: number): number {
  const start = graphemeEnd(text, Math.max(0, end - WINDOW.before));
  const window = text.slice(start, end + WINDOW.after);
  const found = start + (WORDS.segment(window).containing(end - start)?.index ?? end - start);
  if (found > start) return graphemeEnd(text, found);
  return end - (LEADING_VOWELS.exec(text.slice(start, end))?.[0].length ?? 0);
}

/** A letter with all that stands on it is one; longer than a window is what was made to be so, and is cut anywhere. */
function graphemeEnd(text: string, at: number): number {
  if (at <= 0 || at >= text.length) return Math.max(0, Math.min(at, text.length));
  const start = Math.max(0, at - WINDOW.before);
  const found = GRAPHEMES.segment(text.slice(start, at + WINDOW.after)).containing(at - start)?.index ?? 0;
  return found > 0 ? start + found : withoutHalf(text, start === 0 ? 0 : at);
}

/** Never between the two halves of a code point. */
function withoutHalf(text: string, at: number): number {
  return /[\ud800-\udbff]$/.test(text.slice(Math.max(0, at - 1), at)) ? at - 1 : at;
}

/** How many units so many code points have. */
function unitsOf(text: string, characters: number): number {
  let units = 0;
  for (let count = 0; count < characters && units < text.length; count += 1) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return units;
}
