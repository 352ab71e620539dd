import { languageOf } from './language.ts';
import { toWords, type Word } from './words.ts';

/** Every emotion that an answer may name, with its valence: -1 is the most unpleasant, 1 the most pleasant. */
export const EMOTIONS = {
  neutral: 0,
  calm: 0.3,
  happy: 0.8,
  amused: 0.6,
  proud: 0.6,
  grateful: 0.7,
  curious: 0.3,
  surprised: 0.1,
  sad: -0.6,
  annoyed: -0.4,
  angry: -0.8,
  afraid: -0.7,
  disgusted: -0.7,
} as const satisfies Record<string, number>;

export type Emotion = keyof typeof EMOTIONS;

/** The names as a list, for schemas. */
export const EMOTION_NAMES = Object.keys(EMOTIONS).filter((name): name is Emotion => name in EMOTIONS);

/** What is felt, how strongly (0 to 1) and how pleasant it is (-1 to 1). */
export interface Feeling {
  readonly emotion: Emotion;
  readonly intensity: number;
  readonly valence: number;
}

/** Which words call up which emotion in an NPC that hears or sees them. A trailing * stands for any ending. */
const CAUSES: readonly (readonly [Emotion, string])[] = [
  [
    'afraid',
    'afraid fear* scare* scary terrif* danger* threat* ambush* monster* dragon* ghost* kill* murder* flee*',
  ],
  [
    'angry',
    'angry anger* attack* hit insult* rob* robbed stole* steal* thief* cheat* betray* burn* liar lied idiot*',
  ],
  ['annoyed', 'annoy* spam* noise noisy stupid dumb boring bored useless pest nag* rude shut'],
  [
    'sad',
    'sad sorrow* cry* cried tears died dead death dying funeral lost lonely alone mourn* grief goodbye miss',
  ],
  ['disgusted', 'disgust* rotten stink* filth* vomit* gross nasty slime maggot* rat rats'],
  ['grateful', 'thank* gift* gave donat* heal* saved rescued helped grateful kind blessing blessed'],
  [
    'happy',
    'happy glad joy* love* win won victory celebrat* festival wedding friend* wonderful great awesome good',
  ],
  ['amused', 'joke* funny laugh* haha lol lmao silly prank* tickl*'],
  ['proud', 'proud praise* honor* honour* hero* champion* brave bravo medal'],
  ['surprised', 'surpris* sudden* wow unexpected* amaz* incredible unbelievable omg'],
  ['curious', 'secret* mystery myster* rumor* rumour* strange* curious wonder* news riddle*'],
];

/** "not afraid" and "never attacked" call up nothing. */
const NEGATIONS = new Set(['not', 'no', 'never', 'without', 'nobody']);

const INTENSITY = { rest: 0.2, firstWord: 0.5, furtherWord: 0.15, exclamation: 0.1 } as const;

interface Cause {
  readonly emotion: Emotion;
  readonly words: ReadonlySet<string>;
  readonly prefixes: readonly string[];
}

/** Tells the feeling that a text calls up; `mood` is what stays when it calls up none. */
export function feelingFrom(text: string, mood: Emotion): Feeling {
  const counts = countCauses(toWords(text, languageOf('en')));
  const [emotion, count] = strongest(counts) ?? [mood, 0];
  return { emotion, intensity: intensityOf(count, text), valence: EMOTIONS[emotion] };
}

/** The emotion that words call up; undefined when they call up none. */
export function emotionOf(words: readonly Word[]): Emotion | undefined {
  return strongest(countCauses(words))?.[0];
}

const causes: readonly Cause[] = CAUSES.map(([emotion, list]) => {
  const words = list.split(' ');
  const prefixes = words.filter((word) => word.endsWith('*')).map((word) => word.slice(0, -1));
  return { emotion, words: new Set(words.filter((word) => !word.endsWith('*'))), prefixes };
});

function countCauses(words: readonly Word[]): Map<Emotion, number> {
  const counts = new Map<Emotion, number>();
  words.forEach(({ key }, at) => {
    if (isNegated(words, at)) return;
    const cause = causes.find(
      (one) => one.words.has(key) || one.prefixes.some((prefix) => key.startsWith(prefix)),
    );
    if (cause) counts.set(cause.emotion, (counts.get(cause.emotion) ?? 0) + 1);
  });
  return counts;
}

function isNegated(words: readonly Word[], at: number): boolean {
  return [words[at - 1], words[at - 2]].some((word) => word !== undefined && NEGATIONS.has(word.key));
}

/** The emotion of the most words; where two have as many, the one that stands first in CAUSES: bad news goes first. */
function strongest(counts: ReadonlyMap<Emotion, number>): readonly [Emotion, number] | undefined {
  const found = causes.map(({ emotion }) => [emotion, counts.get(emotion) ?? 0] as const);
  const [best] = found.toSorted(([, a], [, b]) => b - a);
  return best && best[1] > 0 ? best : undefined;
}

function intensityOf(count: number, text: string): number {
  if (count === 0) return INTENSITY.rest;
  const exclamations = Math.min(2, text.slice(0, 2_000).split('!').length - 1);
  const sum =
    INTENSITY.firstWord + INTENSITY.furtherWord * (count - 1) + INTENSITY.exclamation * exclamations;
  return Math.min(1, Math.round(sum * 100) / 100);
}
