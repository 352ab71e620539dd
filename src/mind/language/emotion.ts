import { CALLED_UP, EMOTIONS, type Emotion } from './emotions.ts';
import { guessLanguage } from './guess-language.ts';
import { type Language, languageOf } from './language.ts';
import { type WordList, wordListOf } from './word-list.ts';
import { isOneOf, toWords, type Word } from './words.ts';

export { EMOTION_NAMES, EMOTIONS, type Emotion } from './emotions.ts';

/** What is felt, how strongly (0 to 1) and how pleasant it is (-1 to 1). */
export interface Feeling {
  readonly emotion: Emotion;
  readonly intensity: number;
  readonly valence: number;
}

const INTENSITY = { rest: 0.2, firstWord: 0.5, furtherWord: 0.15, exclamation: 0.1 } as const;
const EXCLAMATION = /[!！]/g;
/** "Not really afraid": a negation is looked for so many words away. */
const NEGATED_WITHIN = 2;

interface Cause {
  readonly emotion: Emotion;
  readonly words: WordList;
}

const causesOf = new WeakMap<Language, readonly Cause[]>();

/**
 * Tells the feeling that a text calls up, in its own language or in the one that `code` names; `mood` is what stays when
 * it calls up none. Events are written by scripts, and theirs need not be the NPC's language.
 */
export function feelingFrom(text: string, mood: Emotion, code: string): Feeling {
  const language = languageOf(guessLanguage(text, { talk: code, isGoingOn: false }));
  const counts = countCauses(toWords(text, language), language);
  const [emotion, count] = strongest(counts) ?? [mood, 0];
  return { emotion, intensity: intensityOf(count, text), valence: EMOTIONS[emotion] };
}

/** The emotion that words of a language call up; undefined when they call up none. */
export function emotionOf(words: readonly Word[], language: Language): Emotion | undefined {
  return strongest(countCauses(words, language))?.[0];
}

/** The emotion that a text calls up. */
export function emotionFrom(text: string, code: string): Emotion | undefined {
  const language = languageOf(code);
  return emotionOf(toWords(text, language), language);
}

function causes(language: Language): readonly Cause[] {
  const known = causesOf.get(language);
  if (known) return known;
  const { feelings = {} } = language.pack ?? {};
  const read = CALLED_UP.map((emotion) => ({
    emotion,
    words: wordListOf(feelings[emotion] ?? [], language),
  }));
  causesOf.set(language, read);
  return read;
}

function countCauses(words: readonly Word[], language: Language): Map<Emotion, number> {
  const counts = new Map<Emotion, number>();
  const heard = { words, language };
  for (let at = 0; at < words.length; at++) {
    const cause = causes(language).find((one) => one.words.isAt(heard, at));
    if (!cause || isNegated(words, at, language)) continue;
    counts.set(cause.emotion, (counts.get(cause.emotion) ?? 0) + 1);
  }
  return counts;
}

function isNegated(words: readonly Word[], at: number, { negations }: Language): boolean {
  return words.slice(Math.max(0, at - NEGATED_WITHIN), at).some((word) => isOneOf(negations, word));
}

/** The emotion of the most words; where two have as many, the one that stands first in CALLED_UP. */
function strongest(counts: ReadonlyMap<Emotion, number>): readonly [Emotion, number] | undefined {
  const found = CALLED_UP.map((emotion) => [emotion, counts.get(emotion) ?? 0] as const);
  const [best] = found.toSorted(([, a], [, b]) => b - a);
  return best && best[1] > 0 ? best : undefined;
}

function intensityOf(count: number, text: string): number {
  if (count === 0) return INTENSITY.rest;
  const exclamations = Math.min(2, text.slice(0, 2_000).match(EXCLAMATION)?.length ?? 0);
  const sum =
    INTENSITY.firstWord + INTENSITY.furtherWord * (count - 1) + INTENSITY.exclamation * exclamations;
  return Math.min(1, Math.round(sum * 100) / 100);
}
