import type { Language } from './language.ts';
import type { Choice, PatternWord } from './pattern.ts';
import { isRun } from './script.ts';
import type { Word } from './words.ts';

/**
 * A place in a message: the word times 4,096, plus how many of its characters are behind. Only in a script without blanks
 * does something begin within a word, because cuts are not the same in every sentence.
 */
export type Place = number;

const WITHIN = 4_096;
/** Between the words of a choice: 鍛冶屋 どこ is 鍛冶屋はどこ too. */
const MAX_PARTICLES = 2;

export function placeOf(at: number): Place {
  return at * WITHIN;
}

export function wordAt(place: Place): number {
  return Math.floor(place / WITHIN);
}

export function offsetAt(place: Place): number {
  return place % WITHIN;
}

export interface Heard {
  readonly words: readonly Word[];
  readonly language: Language;
}

/** Where the words end that stand here; undefined where they do not. `isLoose` counts words without their accents. */
export function endOfChoice({ words }: Choice, heard: Heard, start: Place): End | undefined {
  let place = start;
  let loose = 0;
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined) break;
    let end = endOfWord(word, heard, place);
    for (let skipped = 0; end === undefined && index > 0 && skipped < MAX_PARTICLES; skipped++) {
      if (!isParticle(heard, place)) return undefined;
      place = placeOf(wordAt(place) + 1);
      end = endOfWord(word, heard, place);
    }
    if (end === undefined) return undefined;
    place = Math.abs(end);
    if (end < 0) loose++;
  }
  return { place, loose };
}

export interface End {
  readonly place: Place;
  /** How many words fit only without their accents. */
  readonly loose: number;
}

function isParticle({ words, language }: Heard, place: Place): boolean {
  const word = words[wordAt(place)];
  return word?.isGlued === true && offsetAt(place) === 0 && language.particleSet.has(word.key);
}

/** The place behind a word of a pattern, below zero where it fits without accents only; undefined where it is not here. */
function endOfWord(wanted: PatternWord, heard: Heard, place: Place): Place | undefined {
  const at = wordAt(place);
  const word = heard.words[at];
  if (word === undefined) return undefined;
  if (wanted.kind === 'inside') return endInside(wanted, heard, place);
  if (offsetAt(place) === 0) {
    const fits = wanted.kind === 'whole' ? isWhole : isStart;
    if (fits(word, wanted.key)) return placeOf(at + 1);
    if (wanted.plain !== wanted.key && fits(word, wanted.plain)) return -placeOf(at + 1);
  }
  return wanted.isRun ? endOfRun(wanted, heard, place) : undefined;
}

function isWhole({ key, forms }: Word, wanted: string): boolean {
  return key === wanted || (forms.length > 0 && forms.includes(wanted));
}

function isStart({ key }: Word, wanted: string): boolean {
  return key.startsWith(wanted);
}

/** A word that the dictionary has cut into several: its end has to be a cut, unless only its beginning is wanted. */
function endOfRun({ key, kind }: PatternWord, { words }: Heard, place: Place): Place | undefined {
  let rest = key;
  let offset = offsetAt(place);
  for (let at = wordAt(place); ; at++) {
    const word = words[at];
    if (word === undefined || (at > wordAt(place) && !word.isGlued)) return undefined;
    const part = word.key.slice(offset);
    offset = 0;
    if (rest.startsWith(part)) rest = rest.slice(part.length);
    else return kind === 'start' && part.startsWith(rest) ? placeOf(at + 1) : undefined;
    if (rest === '') return placeOf(at + 1);
  }
}

/** What begins in this word and may go on in those glued to it. */
function endInside({ key, plain }: PatternWord, heard: Heard, place: Place): Place | undefined {
  const found = findInside(key, heard, place);
  if (found !== undefined || plain === key) return found?.end;
  const loose = findInside(plain, heard, place)?.end;
  return loose === undefined ? undefined : -loose;
}

/** Where a text begins and ends that begins in the word of this place. */
export function findInside(
  text: string,
  { words }: Pick<Heard, 'words'>,
  place: Place,
): { readonly start: Place; readonly end: Place } | undefined {
  const at = wordAt(place);
  const first = words[at]?.key ?? '';
  let run = first;
  for (let next = at + 1; words[next]?.isGlued && run.length < first.length + text.length; next++)
    run += words[next]?.key ?? '';
  const found = run.indexOf(text, offsetAt(place));
  if (found < 0 || found >= first.length) return undefined;
  return { start: place - offsetAt(place) + found, end: placeBehind(words, at, found + text.length) };
}

/** A word of a script with blanks is behind as a whole: only runs go on within one. */
function placeBehind(words: readonly Word[], first: number, length: number): Place {
  let rest = length;
  for (let at = first; ; at++) {
    const size = words[at]?.key.length ?? rest;
    if (rest < size && isRun(words[at]?.key ?? '')) return placeOf(at) + rest;
    if (rest <= size) return placeOf(at + 1);
    rest -= size;
  }
}

/** Whether other words stand at this one without a blank. */
export function isInRun(words: readonly Word[], at: number): boolean {
  return words[at]?.isGlued === true || words[at + 1]?.isGlued === true;
}
