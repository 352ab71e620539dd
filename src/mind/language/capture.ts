import type { WordsStep } from './pattern.ts';
import {
  endOfChoice,
  findInside,
  type Heard,
  isInRun,
  offsetAt,
  type Place,
  placeOf,
  wordAt,
} from './word-match.ts';
import { isOneOf, joinWritten, type Word } from './words.ts';

/** What a capture took, and where the rest of the pattern goes on. */
export interface Taken {
  readonly text: string;
  readonly end: Place;
  /** The score of the words glued to the capture, where they were found with it. */
  readonly passed?: number;
}

export interface CaptureOptions {
  readonly name: string;
  /** Whether nothing of the pattern follows. */
  readonly isOpen: boolean;
  /** The words that the pattern has directly behind it. */
  readonly before: WordsStep | undefined;
}

/** The capture of what a player tells of himself: all that follows, to be cut by what it tells. */
export const VALUE = 'value';

const MAX_WORDS = 3;
const MAX_VALUE_WORDS = 6;
/** A name in a script without blanks is cut into as many parts at most: アルナベルツ into three. */
const MAX_RUN_PARTS = 8;
const MAX_VALUE_PARTS = 16;

/** What may be captured at this place, the likeliest first. */
export function* endOfCapture(heard: Heard, place: Place, options: CaptureOptions): Generator<Taken> {
  const { words, language } = heard;
  const at = wordAt(place);
  if (at >= words.length) return;
  const mayHaveArticle = offsetAt(place) === 0 && at + 1 < words.length && options.name !== VALUE;
  const hasArticle = mayHaveArticle && language.articles.has(words[at]?.key ?? '');
  const noun = hasArticle ? at + 1 : at;
  const lastEnd = Math.min(noun + mostOf(words, at, options), words.length);
  if (options.before !== undefined) yield* gluedEnds(heard, place, { step: options.before, lastEnd });
  const firstEnd = options.isOpen ? openEnd(heard, { noun, lastEnd }, options) : at + 1;
  for (let end = firstEnd; end <= lastEnd; end++) {
    const from = end > noun ? noun : at;
    yield { text: textOf(words, from === at ? place : placeOf(from), placeOf(end)), end: placeOf(end) };
  }
}

function mostOf(words: readonly Word[], at: number, { name }: CaptureOptions): number {
  if (isInRun(words, at)) return name === VALUE ? MAX_VALUE_PARTS : MAX_RUN_PARTS;
  return name === VALUE ? MAX_VALUE_WORDS : MAX_WORDS;
}

/** {home}에서 ends within a word, and ผมชื่อ{name} in a run whose cuts are not steady. */
function* gluedEnds(
  heard: Heard,
  place: Place,
  { step, lastEnd }: { readonly step: WordsStep; readonly lastEnd: number },
): Generator<Taken> {
  for (let at = wordAt(place); at < lastEnd; at++) {
    for (const { words, score } of step.choices) {
      const [first, ...others] = words;
      const inside = first && findBehind(first.key, heard, { place, at });
      const end = inside && endOfChoice({ words: others, score }, heard, inside.end);
      if (end) yield { text: textOf(heard.words, place, inside.start), end: end.place, passed: score };
    }
  }
}

/** Where the text stands behind at least one character of the capture: at the end of a word, or within a run. */
function findBehind(
  text: string,
  { words }: Heard,
  { place, at }: { readonly place: Place; readonly at: number },
): { readonly start: Place; readonly end: Place } | undefined {
  const first = Math.max(place + 1, placeOf(at));
  if (isInRun(words, at)) return findInside(text, { words }, first);
  const key = words[at]?.key ?? '';
  if (!key.endsWith(text)) return undefined;
  const start = placeOf(at) + key.length - text.length;
  return start > place ? { start, end: placeOf(at + 1) } : undefined;
}

/** "A big whale and a shark": what is behind the first noun is left out. In a run, what is behind the name. */
function openEnd(
  { words, language }: Heard,
  { noun, lastEnd }: { readonly noun: number; readonly lastEnd: number },
  { name }: CaptureOptions,
): number {
  if (name === VALUE) return lastEnd;
  const isRun = isInRun(words, noun);
  let end = noun + 1;
  while (end < lastEnd) {
    const word = words[end];
    if (word === undefined || isOneOf(language.commonWords, word)) break;
    if (isRun && (!word.isGlued || language.particleSet.has(word.key) || language.nameEnds.has(word.key)))
      break;
    end++;
  }
  return end;
}

/** What was written from one place to another. */
function textOf(words: readonly Word[], start: Place, end: Place): string {
  const first = wordAt(start);
  const last = wordAt(end);
  const parts = words.slice(first, last).map(({ written, isGlued }, index) => ({
    written: index === 0 ? written.slice(offsetAt(start)) : written,
    isGlued,
  }));
  const rest = words[last];
  if (offsetAt(end) > 0 && rest !== undefined)
    parts.push({
      written: rest.written.slice(first === last ? offsetAt(start) : 0, offsetAt(end)),
      isGlued: rest.isGlued,
    });
  return joinWritten(parts);
}
