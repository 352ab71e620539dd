import { AiIpcError } from '../../base/errors.ts';
import { keyIn, toKey } from './keys.ts';
import type { Language } from './language.ts';
import { cutRun, isRun } from './script.ts';
import { toWords } from './words.ts';

/**
 * One pattern of a rule, ready to match. It is found anywhere in a message unless ^ or $ ties it to an end:
 * `word`, `wor*` (how a word begins), `*word*` (anywhere inside a word, or a run of a script without blanks), `*` (any words
 * or none), `(a|b c)` (one of them), `[a|b]` (one of them or none), `{name}` (captures one to three words: as few as fit, at
 * the end of the pattern as many as belong together).
 */
export interface Pattern {
  readonly source: string;
  readonly language: Language;
  readonly steps: readonly Step[];
  readonly isFromStart: boolean;
  readonly isToEnd: boolean;
  readonly captures: readonly string[];
  /** The most words that it can name. */
  readonly maxScore: number;
}

export type Step = WordsStep | { readonly kind: 'gap' } | Capture;

export interface WordsStep {
  readonly kind: 'words';
  readonly choices: readonly Choice[];
  /** Whether it stands directly behind a capture, as in {home}에서. */
  readonly isGlued: boolean;
}

export interface Capture {
  readonly kind: 'capture';
  readonly name: string;
}

/** Words directly behind each other. */
export interface Choice {
  readonly words: readonly PatternWord[];
  readonly score: number;
}

export interface PatternWord {
  readonly key: string;
  /** The key without accents: how a message may write it that has none. */
  readonly plain: string;
  readonly kind: 'whole' | 'start' | 'inside';
  /** Whether it is of a script without blanks: a message may have it in several parts. */
  readonly isRun: boolean;
}

/** A word that needs no blank around it stands before a gap: `*` alone is one. */
const PIECE =
  /\s*(?:\((?<group>[^()[\]]*)\)|\[(?<optional>[^()[\]]*)\]|\{(?<capture>[a-z][a-z0-9_]*)\}|(?<word>\*?[^\s()[\]{}^$*|][^\s()[\]{}^$]*)|(?<gap>\*))\s*/y;
const NESTED = /^\s*[([][^)\]]*[([]/;

/** Reads a pattern; throws AiIpcError persona_invalid with what is wrong in it. */
export function compilePattern(source: string, language: Language): Pattern {
  const trimmed = source.trim();
  const isFromStart = trimmed.startsWith('^');
  const isToEnd = trimmed.endsWith('$');
  const steps = toSteps(trimmed.slice(isFromStart ? 1 : 0, isToEnd ? -1 : undefined), { source, language });
  if (!steps.some(isNeeded)) {
    throw invalid(source, 'names no word that must be there, so it would match nearly everything');
  }
  return {
    ...{ source, language, steps, isFromStart, isToEnd },
    captures: steps.flatMap((step) => (step.kind === 'capture' ? [step.name] : [])),
    maxScore: maxScoreOf(steps),
  };
}

/** Reads one word or words behind each other, as in a list of a pack: `wor*` and `*word*` too. Empty where there is none. */
export function compileWords(source: string, language: Language): Choice {
  return toChoice(source, { source, language });
}

interface Origin {
  readonly source: string;
  readonly language: Language;
}

function toSteps(text: string, origin: Origin): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < text.length; at = PIECE.lastIndex) {
    PIECE.lastIndex = at;
    const groups = PIECE.exec(text)?.groups;
    if (!groups) throw unreadable(text.slice(at), origin);
    const isGlued = steps.at(-1)?.kind === 'capture' && !/\s/.test(text[at - 1] ?? '');
    steps.push(toStep(groups, { ...origin, isGlued }));
  }
  return steps;
}

function toStep(groups: Record<string, string | undefined>, origin: Origin & { isGlued: boolean }): Step {
  const { group, optional, capture, gap, word } = groups;
  if (gap !== undefined) return { kind: 'gap' };
  if (capture !== undefined) return { kind: 'capture', name: capture };
  const choices = toChoices(group ?? optional ?? word ?? '', origin);
  const none = optional === undefined ? [] : [{ words: [], score: 0 }];
  return { kind: 'words', choices: [...choices, ...none], isGlued: origin.isGlued };
}

/** The longest choice first, so that (you|you all) takes all it can. */
function toChoices(text: string, origin: Origin): Choice[] {
  const choices = text.split('|').map((choice) => toChoice(choice, origin));
  if (choices.some(({ words }) => words.length === 0))
    throw invalid(origin.source, 'has an empty alternative');
  return choices.sort((a, b) => b.score - a.score || lengthOf(b) - lengthOf(a));
}

function lengthOf({ words }: Choice): number {
  return words.reduce((sum, { key }) => sum + key.length, 0);
}

function toChoice(text: string, origin: Origin): Choice {
  const words = text
    .trim()
    .split(/\s+/)
    .flatMap((word) => toPatternWords(word, origin));
  return { words, score: words.reduce((sum, word) => sum + weightOf(word), 0) };
}

function toPatternWords(word: string, { source, language }: Origin): PatternWord[] {
  const {
    before = '',
    text = '',
    after = '',
  } = /^(?<before>\**)(?<text>.*?)(?<after>\**)$/.exec(word)?.groups ?? {};
  if (text === '') return [];
  if (text.includes('*') || (before !== '' && after === ''))
    throw invalid(source, 'has a * inside a word; it may stand at the end of one, or at both ends');
  if (after !== '') {
    const key = keyIn(foldedWord(text, language), language);
    return key === '' ? [] : [toPatternWord(key, before === '' ? 'start' : 'inside')];
  }
  if (!isRun(text)) return toWords(text, language).map(({ key }) => toPatternWord(key, 'whole'));
  const key = toWords(text, language)
    .map((part) => part.key)
    .join('');
  return key === '' ? [] : [toPatternWord(key, 'whole')];
}

/** Without what no word of a message has: marks of sentences and blanks. */
function foldedWord(text: string, language: Language): string {
  const parts = keyIn(text, language).match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return parts.join('');
}

function toPatternWord(key: string, kind: PatternWord['kind']): PatternWord {
  return { key, plain: toKey(key), kind, isRun: isRun(key) };
}

/** A run counts as many words as a dictionary sees in it: 你叫什麼名字 names more than 名字. */
function weightOf({ key, isRun: isOfRun }: PatternWord): number {
  return isOfRun ? Math.max(1, cutRun(key).length) : 1;
}

function isNeeded(step: Step): boolean {
  return step.kind === 'words' && step.choices.every(({ words }) => words.length > 0);
}

function maxScoreOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + (step.kind === 'words' ? (step.choices[0]?.score ?? 0) : 0), 0);
}

function unreadable(rest: string, { source }: Origin): AiIpcError {
  const shown = JSON.stringify(rest.slice(0, 20));
  const why = NESTED.test(rest) ? ': groups do not nest, so write the alternatives out' : '';
  return invalid(source, `cannot be read from ${shown} on${why}`);
}

function invalid(source: string, reason: string): AiIpcError {
  return new AiIpcError('persona_invalid', `The pattern ${JSON.stringify(source)} ${reason}.`);
}
