import { LRUCache } from 'lru-cache';
import { languageOf } from '../language/language.ts';
import { toWords, type Word } from '../language/words.ts';
import { type Fact, factsIn } from './player-facts.ts';
import { type Tone, toneOf } from './tone.ts';

/** One thing that a player said, read: its words, how it treats the NPC, and what it tells of the player. */
export interface Utterance {
  readonly words: readonly Word[];
  readonly tone: Tone;
  readonly facts: readonly Fact[];
}

/** Nobody types line breaks or markup in a chat: who sends them tells nothing of himself. */
const UNTYPED = /[\n\r<>{}[\]`\\|]|\^[0-9a-f]{6}|={3}/i;

/**
 * Each answer reads all that the player said before: without these, a fifth of the time of a talk goes there. In words:
 * 100,000 take 15 MB at most, and are 20,000 lines as players type them.
 */
const MOST_WORDS = 100_000;
const heard = new LRUCache<string, Utterance>({
  maxSize: MOST_WORDS,
  sizeCalculation: ({ words }, key) => words.length + Math.ceil(key.length / 10) + 1,
});

/** The language is that of the talk, such as en; in one without a pack every line is plain and tells nothing. */
export function utteranceOf(said: string, language: string): Utterance {
  const key = `${language}\n${said}`;
  const known = heard.get(key);
  if (known) return known;
  const words = toWords(said, languageOf(language));
  const facts = isPlainTalk(said) ? factsIn(said, language) : [];
  const utterance = { words, tone: toneOf(words, language), facts };
  heard.set(key, utterance);
  return utterance;
}

export function isPlainTalk(said: string): boolean {
  return !UNTYPED.test(said);
}
