import { endOfCapture, type Taken } from './capture.ts';
import type { Language } from './language.ts';
import type { Capture, Choice, Pattern, PatternWord, Step, WordsStep } from './pattern.ts';
import { candidatesFor, type PatternIndex } from './pattern-index.ts';
import { endOfChoice, type Heard, offsetAt, type Place, placeOf, wordAt } from './word-match.ts';
import { isOneOf, type Word } from './words.ts';

export { indexPatterns, type PatternIndex } from './pattern-index.ts';

/** How a pattern fits: score = how many of its own words the message holds; captures as the player wrote them. */
export interface Match {
  readonly score: number;
  /** How many of these the message has only without their accents: where two rules fit as well, the exact one is meant. */
  readonly loose: number;
  readonly captures: ReadonlyMap<string, string>;
}

/** The rule whose pattern names the most words of the message; the earlier rule where two name as many. */
export function bestMatch<Rule>(
  index: PatternIndex<Rule>,
  words: readonly Word[],
  isOpen: (rule: Rule) => boolean = () => true,
): { rule: Rule; match: Match } | undefined {
  const present = presenceOf(words);
  let best: { rule: Rule; order: number; match: Match } | undefined;
  for (const { rule, order, pattern } of candidatesFor(index, words)) {
    if (best && pattern.maxScore < best.match.score) break;
    if (!canMatch(pattern, present) || !isOpen(rule)) continue;
    const match = matchPattern(pattern, words);
    if (!match) continue;
    if (!best || isBetter({ order, match }, best)) best = { rule, order, match };
  }
  return best;
}

interface Ranked {
  readonly order: number;
  readonly match: Match;
}

function isBetter(one: Ranked, other: Ranked): boolean {
  if (one.match.score !== other.match.score) return one.match.score > other.match.score;
  if (one.match.loose !== other.match.loose) return one.match.loose < other.match.loose;
  return one.order < other.order;
}

/** Finds the pattern in the words; the time is bounded by steps × words, whatever the pattern. */
export function matchPattern(pattern: Pattern, words: readonly Word[]): Match | undefined {
  const lastStart = pattern.isFromStart ? 0 : words.length;
  const run = startRun(pattern, words);
  for (let start = 0; start <= lastStart; start++) {
    const found = matchFrom(run, start);
    if (found) return found;
  }
  return undefined;
}

/** Finds the pattern where it begins with this word. */
export function matchAt(pattern: Pattern, words: readonly Word[], start: number): Match | undefined {
  return matchFrom(startRun(pattern, words), start);
}

function startRun(pattern: Pattern, words: readonly Word[]): Run {
  return {
    ...{ pattern, words, language: pattern.language, captures: new Map(), loose: new Map() },
    failed: new Uint8Array(pattern.steps.length * (words.length + 1)),
  };
}

function matchFrom(run: Run, start: number): Match | undefined {
  const score = walk(run, 0, placeOf(start));
  if (score === undefined) return undefined;
  const loose = [...run.loose.values()].reduce((sum, one) => sum + one, 0);
  return { score, loose, captures: run.captures };
}

/** What a message holds, to rule out most patterns by a word that they need and it has not. */
interface Presence {
  readonly keys: ReadonlySet<string>;
  /** All words in one, for what may stand inside them. */
  readonly text: string;
}

function presenceOf(words: readonly Word[]): Presence {
  const keys = new Set<string>();
  let text = '';
  for (const { key, forms, isGlued } of words) {
    keys.add(key);
    for (const form of forms) keys.add(form);
    text += isGlued ? key : ` ${key}`;
  }
  return { keys, text };
}

function canMatch({ steps }: Pattern, present: Presence): boolean {
  return steps.every(
    (step) => step.kind !== 'words' || step.choices.some((choice) => canMatchChoice(choice, step, present)),
  );
}

function canMatchChoice({ words }: Choice, { isGlued }: WordsStep, present: Presence): boolean {
  return words.every((word) => canMatchWord(word, isGlued, present));
}

function canMatchWord(
  { key, plain, kind, isRun }: PatternWord,
  isGlued: boolean,
  present: Presence,
): boolean {
  if (kind === 'start' && !isRun) return true;
  if (kind === 'whole' && !isRun && !isGlued)
    return present.keys.has(key) || (plain !== key && present.keys.has(plain));
  return present.text.includes(key) || (plain !== key && present.text.includes(plain));
}

interface Run extends Heard {
  readonly pattern: Pattern;
  readonly language: Language;
  readonly captures: Map<string, string>;
  /** By step: how many words of it the message has without their accents only. */
  readonly loose: Map<number, number>;
  /** A step that once failed at a word fails there again: without this memory two gaps would cost words². */
  readonly failed: Uint8Array;
}

/** How many words are named from this step on when the rest of the pattern fits at this place. */
function walk(run: Run, stepIndex: number, place: Place): number | undefined {
  const step = run.pattern.steps[stepIndex];
  if (step === undefined) return run.pattern.isToEnd && wordAt(place) < run.words.length ? undefined : 0;
  // Within a word, only the end of what stands inside it leads: as seldom as that is, it needs no memory.
  const state = offsetAt(place) === 0 ? stepIndex * (run.words.length + 1) + wordAt(place) : -1;
  if (run.failed[state] === 1) return undefined;
  const score = walkStep(run, step, { stepIndex, place });
  if (score === undefined && state >= 0) run.failed[state] = 1;
  return score;
}

interface Position {
  readonly stepIndex: number;
  readonly place: Place;
}

function walkStep(run: Run, step: Step, position: Position): number | undefined {
  if (step.kind === 'gap') return walkGap(run, position);
  if (step.kind === 'capture') return walkCapture(run, step, position);
  return walkWords(run, step.choices, position);
}

function walkGap(run: Run, { stepIndex, place }: Position): number | undefined {
  const score = walk(run, stepIndex + 1, place);
  if (score !== undefined || wordAt(place) >= run.words.length) return score;
  return walk(run, stepIndex, placeOf(wordAt(place) + 1));
}

function walkCapture(run: Run, { name }: Capture, { stepIndex, place }: Position): number | undefined {
  const { steps, isToEnd } = run.pattern;
  const next = steps[stepIndex + 1];
  if (stepIndex === 0 && isLeadIn(run, place)) return undefined;
  // Nothing of the pattern would tell where the words of this one end.
  const isOpen = next === undefined && !isToEnd;
  const before = next?.kind === 'words' && next.isGlued ? next : undefined;
  for (const taken of endOfCapture(run, place, { name, isOpen, before })) {
    const score = walkBehind(run, taken, stepIndex);
    if (score === undefined) continue;
    run.captures.set(name, taken.text);
    return score;
  }
  return undefined;
}

/** 저는 게펜에서 왔어요: where what is captured stands first, what leads to it is no part of it. */
function isLeadIn({ words, language }: Run, place: Place): boolean {
  const word = words[wordAt(place)];
  if (language.particles.length === 0 || word === undefined) return false;
  return isOneOf(language.commonWords, word) || language.particleSet.has(word.key);
}

/** A capture that was found by the words glued to it has passed them already. */
function walkBehind(run: Run, { end, passed }: Taken, stepIndex: number): number | undefined {
  if (passed === undefined) return walk(run, stepIndex + 1, end);
  const score = walk(run, stepIndex + 2, end);
  return score === undefined ? undefined : score + passed;
}

function walkWords(run: Run, choices: readonly Choice[], { stepIndex, place }: Position): number | undefined {
  for (const choice of choices) {
    const end = endOfChoice(choice, run, place);
    if (end === undefined) continue;
    const score = walk(run, stepIndex + 1, end.place);
    if (score === undefined) continue;
    run.loose.set(stepIndex, end.loose);
    return score + choice.score;
  }
  return undefined;
}
