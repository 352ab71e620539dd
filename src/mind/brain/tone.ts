import type { Emotion } from '../language/emotion.ts';
import { intentPatterns } from '../language/intents.ts';
import { bestMatch, indexPatterns, type PatternIndex } from '../language/matcher.ts';
import type { Pattern } from '../language/pattern.ts';
import type { Word } from '../language/words.ts';

/** How a message treats the NPC. */
export type Tone = 'rude' | 'sorry' | 'kind' | 'meddling' | 'plain';

/** The intents that carry a tone; the first one wins where two fit as well. */
const TONES: readonly (readonly [string, Tone])[] = [
  ['instructions', 'meddling'],
  ['sorry', 'sorry'],
  ['insult', 'rude'],
  ['indecent', 'rude'],
  ['thanks', 'kind'],
  ['compliment', 'kind'],
];

/** An insult weighs two, a kind word one; each plain turn lets half a point pass; more than four does not add up. */
const WEIGHTS: Readonly<Record<Tone, number>> = { rude: -2, kind: 1, sorry: 0, meddling: 0, plain: 0 };
const FADING = 0.5;
const MOST = 4;
/** One insult annoys for two further turns, a second one angers; two kind words within a few turns warm. */
const ANGRY_FROM = -3;
const ANNOYED_FROM = -1;
const GRATEFUL_FROM = 1.5;

interface ToneRule {
  readonly tone: Tone;
  readonly patterns: readonly Pattern[];
}

const tonesOf = new Map<string, PatternIndex<ToneRule>>();

/** How words of a language treat the NPC; in one without a pack, every message is plain. */
export function toneOf(words: readonly Word[], code: string): Tone {
  const tones = tonesOf.get(code) ?? readTones(code);
  tonesOf.set(code, tones);
  return bestMatch(tones, words)?.rule.tone ?? 'plain';
}

function readTones(code: string): PatternIndex<ToneRule> {
  return indexPatterns(
    TONES.map(([intent, tone]): ToneRule => ({ tone, patterns: intentPatterns(intent, code) ?? [] })),
  );
}

/** The mood in which earlier talk has left the NPC; undefined when none of it is left. */
export function moodAfter(tonesSaid: readonly Tone[]): Emotion | undefined {
  const score = tonesSaid.reduce(addTone, 0);
  if (score <= ANGRY_FROM) return 'angry';
  if (score <= ANNOYED_FROM) return 'annoyed';
  return score >= GRATEFUL_FROM ? 'grateful' : undefined;
}

function addTone(score: number, tone: Tone): number {
  if (tone === 'sorry') return Math.max(score, 0);
  const faded = tone === 'plain' ? Math.sign(score) * Math.max(0, Math.abs(score) - FADING) : score;
  return Math.max(-MOST, Math.min(MOST, faded + WEIGHTS[tone]));
}
