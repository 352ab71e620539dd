import { AiIpcError } from '../../base/errors.ts';
import type { Language } from './language.ts';
import { toKey, toWords } from './words.ts';

/**
 * One pattern of a rule, ready to match. It is found anywhere in a message unless ^ or $ ties it to an end:
 * `word`, `wor*` (how a word begins), `*` (any words or none), `(a|b c)` (one of them), `[a|b]` (one of them or none),
 * `{name}` (captures one to three words: as few as fit, at the end of the pattern as many as belong together).
 */
export interface Pattern {
  readonly source: string;
  readonly steps: readonly Step[];
  readonly isFromStart: boolean;
  readonly isToEnd: boolean;
  readonly captures: readonly string[];
  /** The most words that it can name. */
  readonly maxScore: number;
}

export type Step =
  | { readonly kind: 'words'; readonly choices: readonly Choice[] }
  | { readonly kind: 'gap' }
  | Capture;

export interface Capture {
  readonly kind: 'capture';
  readonly name: string;
  readonly language: Language;
}

export type Choice = readonly PatternWord[];

interface PatternWord {
  readonly key: string;
  readonly isPrefix: boolean;
}

const PIECE =
  /\s*(?:\((?<group>[^()]*)\)|\[(?<optional>[^[\]]*)\]|\{(?<capture>[a-z][a-z0-9_]*)\}|(?<gap>\*)|(?<word>[^\s()[\]{}^$]+))\s*/y;

/** Reads a pattern; throws AiIpcError persona_invalid with what is wrong in it. */
export function compilePattern(source: string, language: Language): Pattern {
  const trimmed = source.trim();
  const isFromStart = trimmed.startsWith('^');
  const isToEnd = trimmed.endsWith('$');
  const steps = toSteps(trimmed.slice(isFromStart ? 1 : 0, isToEnd ? -1 : undefined), { source, language });
  if (!steps.some(isNeeded)) {
    throw invalid(source, 'names no word that must be there, so it would match nearly everything');
  }
  return { source, steps, isFromStart, isToEnd, captures: capturesOf(steps), maxScore: maxScoreOf(steps) };
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
    if (!groups)
      throw invalid(origin.source, `cannot be read from ${JSON.stringify(text.slice(at, at + 20))} on`);
    steps.push(toStep(groups, origin));
  }
  return steps;
}

function toStep(groups: Record<string, string | undefined>, origin: Origin): Step {
  const { group, optional, capture, gap, word } = groups;
  if (gap !== undefined) return { kind: 'gap' };
  if (capture !== undefined) return { kind: 'capture', name: capture, language: origin.language };
  const choices = toChoices(group ?? optional ?? word ?? '', origin);
  return { kind: 'words', choices: optional === undefined ? choices : [...choices, []] };
}

/** The longest choice first, so that (you|you all) takes all it can. */
function toChoices(text: string, { source, language }: Origin): Choice[] {
  const choices = text.split('|').map((choice) => toChoice(choice, language));
  if (choices.some((choice) => choice.length === 0)) throw invalid(source, 'has an empty alternative');
  if (/\*[^\s|]/.test(text)) throw invalid(source, 'has a * inside a word; it may stand at the end of one');
  return choices.sort((a, b) => b.length - a.length);
}

function toChoice(text: string, language: Language): Choice {
  return text
    .trim()
    .split(/\s+/)
    .flatMap((word): PatternWord[] => {
      if (!word.endsWith('*')) return toWords(word, language).map(({ key }) => ({ key, isPrefix: false }));
      const key = toKey(word.slice(0, -1));
      return key === '' ? [] : [{ key, isPrefix: true }];
    });
}

function isNeeded(step: Step): boolean {
  return step.kind === 'words' && step.choices.every((choice) => choice.length > 0);
}

function capturesOf(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => (step.kind === 'capture' ? [step.name] : []));
}

function maxScoreOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + (step.kind === 'words' ? (step.choices[0]?.length ?? 0) : 0), 0);
}

function invalid(source: string, reason: string): AiIpcError {
  return new AiIpcError('persona_invalid', `The pattern ${JSON.stringify(source)} ${reason}.`);
}
