import type { Capture, Choice, Pattern, Step } from './pattern.ts';
import type { Word } from './words.ts';

/** How a pattern fits: score = how many of its own words the message holds; captures as the player wrote them. */
export interface Match {
  readonly score: number;
  readonly captures: ReadonlyMap<string, string>;
}

/** Patterns of one tier, in the order in which they are tried. */
export interface PatternIndex<Rule> {
  readonly entries: readonly { readonly rule: Rule; readonly order: number; readonly pattern: Pattern }[];
}

const MAX_CAPTURED_WORDS = 3;

/** Puts patterns that can name more words first, so that the search ends as soon as none is left that could win. */
export function indexPatterns<Rule extends { readonly patterns: readonly Pattern[] }>(
  rules: readonly Rule[],
): PatternIndex<Rule> {
  const entries = rules.flatMap((rule, order) => rule.patterns.map((pattern) => ({ rule, order, pattern })));
  return { entries: entries.sort((a, b) => b.pattern.maxScore - a.pattern.maxScore || a.order - b.order) };
}

/** The rule whose pattern names the most words of the message; the earlier rule where two name as many. */
export function bestMatch<Rule>(
  index: PatternIndex<Rule>,
  words: readonly Word[],
  isOpen: (rule: Rule) => boolean = () => true,
): { rule: Rule; match: Match } | undefined {
  const present = new Set(words.map((word) => word.key));
  let best: { rule: Rule; order: number; match: Match } | undefined;
  for (const { rule, order, pattern } of index.entries) {
    if (best && pattern.maxScore < best.match.score) break;
    if (!canMatch(pattern, present) || !isOpen(rule)) continue;
    const match = matchPattern(pattern, words);
    if (!match) continue;
    const isBetter =
      !best || match.score > best.match.score || (match.score === best.match.score && order < best.order);
    if (isBetter) best = { rule, order, match };
  }
  return best;
}

/** Finds the pattern in the words; the time is bounded by steps × words, whatever the pattern. */
export function matchPattern(pattern: Pattern, words: readonly Word[]): Match | undefined {
  const captures = new Map<string, string>();
  const failed = new Uint8Array(pattern.steps.length * (words.length + 1));
  const run: Run = { pattern, words, captures, failed };
  const lastStart = pattern.isFromStart ? 0 : words.length;
  for (let start = 0; start <= lastStart; start++) {
    const score = walk(run, 0, start);
    if (score !== undefined) return { score, captures };
  }
  return undefined;
}

/** Most patterns are ruled out here, by a word that they need and the message has not. */
function canMatch(pattern: Pattern, present: ReadonlySet<string>): boolean {
  return pattern.steps.every(
    (step) => step.kind !== 'words' || step.choices.some((choice) => canMatchChoice(choice, present)),
  );
}

function canMatchChoice(choice: Choice, present: ReadonlySet<string>): boolean {
  return choice.every((word) => word.isPrefix || present.has(word.key));
}

interface Run {
  readonly pattern: Pattern;
  readonly words: readonly Word[];
  readonly captures: Map<string, string>;
  /** A step that once failed at a word fails there again: without this memory two gaps would cost words². */
  readonly failed: Uint8Array;
}

/** How many words are named from this step on when the rest of the pattern fits at this word. */
function walk(run: Run, stepIndex: number, at: number): number | undefined {
  const step = run.pattern.steps[stepIndex];
  if (step === undefined) return run.pattern.isToEnd && at < run.words.length ? undefined : 0;
  const state = stepIndex * (run.words.length + 1) + at;
  if (run.failed[state] === 1) return undefined;
  const score = walkStep(run, step, { stepIndex, at });
  if (score === undefined) run.failed[state] = 1;
  return score;
}

interface Position {
  readonly stepIndex: number;
  readonly at: number;
}

function walkStep(run: Run, step: Step, position: Position): number | undefined {
  if (step.kind === 'gap') return walkGap(run, position);
  if (step.kind === 'capture') return walkCapture(run, step, position);
  return walkWords(run, step.choices, position);
}

function walkGap(run: Run, { stepIndex, at }: Position): number | undefined {
  const score = walk(run, stepIndex + 1, at);
  if (score !== undefined || at >= run.words.length) return score;
  return walk(run, stepIndex, at + 1);
}

function walkCapture(run: Run, { name, language }: Capture, { stepIndex, at }: Position): number | undefined {
  const { pattern, words, captures } = run;
  const hasArticle = at + 1 < words.length && language.articles.has(words[at]?.key ?? '');
  const noun = hasArticle ? at + 1 : at;
  const lastEnd = Math.min(noun + MAX_CAPTURED_WORDS, words.length);
  // Nothing of the pattern would tell where the words of this one end.
  const isOpen = stepIndex === pattern.steps.length - 1 && !pattern.isToEnd;
  const firstEnd = isOpen ? endOfNoun(words.slice(0, lastEnd), noun, language) : at + 1;
  for (let end = firstEnd; end <= lastEnd; end++) {
    const score = walk(run, stepIndex + 1, end);
    if (score === undefined) continue;
    const captured = words.slice(end > noun ? noun : at, end).map((word) => word.written);
    captures.set(name, captured.join(' '));
    return score;
  }
  return undefined;
}

/** "A big whale and a shark": what is behind the first noun is left out. */
function endOfNoun(words: readonly Word[], at: number, { commonWords }: Capture['language']): number {
  let end = at + 1;
  while (end < words.length && !commonWords.has(words[end]?.key ?? '')) end++;
  return end;
}

function walkWords(run: Run, choices: readonly Choice[], { stepIndex, at }: Position): number | undefined {
  for (const choice of choices) {
    if (!isAt(choice, run.words, at)) continue;
    const score = walk(run, stepIndex + 1, at + choice.length);
    if (score !== undefined) return score + choice.length;
  }
  return undefined;
}

function isAt(choice: Choice, words: readonly Word[], at: number): boolean {
  return choice.every(({ key, isPrefix }, offset) => {
    const word = words[at + offset]?.key;
    return word !== undefined && (isPrefix ? word.startsWith(key) : word === key);
  });
}
