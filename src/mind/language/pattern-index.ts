import type { Choice, Pattern, PatternWord, Step } from './pattern.ts';
import type { Word } from './words.ts';

interface Entry<Rule> {
  readonly rule: Rule;
  readonly order: number;
  readonly pattern: Pattern;
}

/**
 * Patterns of one tier, in the order in which they are tried, and by the words that they need: of 700 patterns a line
 * leaves some 30 to be tried, which is half of the time of a talk.
 */
export interface PatternIndex<Rule> {
  readonly entries: readonly Entry<Rule>[];
  readonly byToken: ReadonlyMap<string, readonly number[]>;
  /** Those that no single word tells: of scripts without blanks, and `*inside*`. */
  readonly always: readonly number[];
}

/** Of how words begin, so many characters are looked up. */
const START_CHARACTERS = 3;

/** Puts patterns that can name more words first, so that the search ends as soon as none is left that could win. */
export function indexPatterns<Rule extends { readonly patterns: readonly Pattern[] }>(
  rules: readonly Rule[],
): PatternIndex<Rule> {
  const entries = rules
    .flatMap((rule, order) => rule.patterns.map((pattern) => ({ rule, order, pattern })))
    .sort((a, b) => b.pattern.maxScore - a.pattern.maxScore || a.order - b.order);
  const byToken = new Map<string, number[]>();
  const always: number[] = [];
  for (const [at, { pattern }] of entries.entries()) {
    const tokens = tokensOf(pattern);
    if (tokens === undefined) always.push(at);
    for (const token of tokens ?? []) byToken.set(token, [...(byToken.get(token) ?? []), at]);
  }
  return { entries, byToken, always };
}

/** What a message has of these patterns' words, in the order in which they are tried. */
export function candidatesFor<Rule>(
  { entries, byToken, always }: PatternIndex<Rule>,
  words: readonly Word[],
): readonly Entry<Rule>[] {
  const found = new Set(always);
  const add = (key: string) => {
    for (const at of byToken.get(wholeToken(key)) ?? []) found.add(at);
    for (const at of byToken.get(startToken(key)) ?? []) found.add(at);
  };
  for (const { key, forms } of words) {
    add(key);
    for (const form of forms) add(form);
  }
  const order = [...found].sort((a, b) => a - b);
  return order.flatMap((at) => entries[at] ?? []);
}

/** Words one of which a message needs for this pattern; undefined where none are so plain. */
function tokensOf({ steps }: Pattern): ReadonlySet<string> | undefined {
  const sets = steps.flatMap((step) => tokensOfStep(step) ?? []);
  // The fewest words rule out most: "(what|which) is my name" is told by "name".
  const [best] = sets.toSorted((a, b) => a.size - b.size);
  return best;
}

function tokensOfStep(step: Step): ReadonlySet<string> | undefined {
  if (step.kind !== 'words' || step.isGlued) return undefined;
  const tokens = step.choices.map(tokensOfChoice);
  return tokens.includes(undefined) ? undefined : new Set(tokens.flatMap((some) => some ?? []));
}

/** The longest of its words: it is the rarest, mostly. */
function tokensOfChoice({ words }: Choice): readonly string[] | undefined {
  const [longest] = words.filter(isPlain).toSorted((a, b) => b.key.length - a.key.length);
  if (longest === undefined) return undefined;
  const token = longest.kind === 'whole' ? wholeToken : startToken;
  return [token(longest.key), token(longest.plain)];
}

function isPlain({ kind, key, plain, isRun }: PatternWord): boolean {
  if (isRun || kind === 'inside') return false;
  return kind === 'whole' || Math.min(key.length, plain.length) >= START_CHARACTERS;
}

function wholeToken(key: string): string {
  return key;
}

function startToken(key: string): string {
  return `${key.slice(0, START_CHARACTERS)}*`;
}
