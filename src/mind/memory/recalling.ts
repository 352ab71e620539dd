import { MEMORY_LIMITS } from './memory-limits.ts';
import { partNumbersOf } from './parts.ts';

/** In which lines a part of the question stands: the newest ones, so many at most. */
export interface FoundPart {
  readonly part: number;
  /** Numbers of lines, in any order; a later line has a larger one. */
  readonly lines: readonly number[];
}

/** A line, and how well it fits a question. */
export interface Fit {
  readonly line: number;
  readonly fit: number;
  /** So many of the parts that were asked for it may share with the question, and no more. */
  readonly mayShare: number;
}

export interface FittingLine {
  readonly said: string;
  readonly fit: number;
  readonly mayShare: number;
}

/** Of the player's own questions, in which he told nothing. */
const FIT_OF_A_QUESTION = 0.5;
/** Lines that share more of all their parts with the question than this are the question itself, asked before. */
const NEAR_COPY = 0.55;
/**
 * What fits less than this part of what a line could that has all parts of the question only happens to share some letters. In
 * nine languages the line that was asked for had 0.11 to 0.93 among 300 others, and half of all lines about something else
 * less than 0.15. Each line that is recalled is read anew by a model, 15 ms a token without a graphics card.
 */
const LEAST_OF_MOST = 0.1;
/** And what fits less than this part of the best one. */
const LEAST_OF_BEST = 0.3;

/** A question about lines: its parts, where they stand, and how many lines there are in all. */
export interface Look {
  readonly parts: readonly number[];
  readonly found: readonly FoundPart[];
  readonly lines: number;
}

/**
 * The lines that fit best, the best first: the sum of the squares of how rare each part is that they share with the question.
 * Squared, since otherwise a few common parts outweigh the one that is asked for.
 */
export function bestFits({ parts, found, lines }: Look): Fit[] {
  const cut = found.filter(isCut).length;
  const span = cut === 0 ? undefined : spanOf(found);
  const fits = new Map<number, { readonly line: number; fit: number; mayShare: number }>();
  let sum = 0;
  for (const part of found) {
    const rarity = rarityOf(part, lines, span);
    const more = isCut(part) ? 0 : 1;
    sum += rarity;
    for (const line of part.lines) {
      const one = fits.get(line);
      if (one === undefined) fits.set(line, { line, fit: rarity, mayShare: cut + more });
      else {
        one.fit += rarity;
        one.mayShare += more;
      }
    }
  }
  // A part that stands nowhere counts as the others do: by its own measure it would be the rarest of all.
  const most = (sum / found.length) * parts.length;
  return [...fits.values()]
    .filter(({ fit }) => fit >= most * LEAST_OF_MOST)
    .sort((one, other) => other.fit - one.fit || other.line - one.line)
    .slice(0, MEMORY_LIMITS.linesLookedAt);
}

/** The lines that were read, and how they are judged. */
export interface Reading {
  /** All parts of the question, of which the first ones were asked for. */
  readonly question: readonly number[];
  readonly lines: readonly FittingLine[];
  /** How well the best of those fits that were not read; 0 where all were. */
  readonly unreadFit: number;
  readonly hasShown: (said: string) => boolean;
}

/**
 * What of these is worth telling, the most fitting first, each once. The question's own words are no answer to it. undefined
 * where lines that were not read might belong there.
 */
export function worthTelling({ question, lines, unreadFit, hasShown }: Reading): string[] | undefined {
  const asked = new Set(question);
  const unasked = Math.max(0, asked.size - MEMORY_LIMITS.partsAsked);
  const mayBeCopy = (mayShare: number) => (mayShare + unasked) / asked.size > NEAR_COPY;
  const told = new Set<string>();
  let least = 0;
  for (const { said, fit, mayShare } of byFit(lines.filter((line) => !hasShown(line.said)))) {
    if (fit < least || fit < unreadFit || told.size === MEMORY_LIMITS.linesRecalled) break;
    // A line is cut into its parts anew for this, 30 µs each: only those that share enough of them.
    if (told.has(said) || (mayBeCopy(mayShare) && isNearCopy(said, asked))) continue;
    if (told.size === 0) least = fit * LEAST_OF_BEST;
    told.add(said);
  }
  const isFull = told.size === MEMORY_LIMITS.linesRecalled;
  return isFull || unreadFit === 0 || unreadFit < least ? [...told] : undefined;
}

function byFit(lines: readonly FittingLine[]): FittingLine[] {
  return lines
    .map((line) => (isQuestion(line.said) ? { ...line, fit: line.fit * FIT_OF_A_QUESTION } : line))
    .sort((one, other) => other.fit - one.fit);
}

/** From the oldest to the newest line of all that were found. */
interface Span {
  readonly oldest: number;
  readonly newest: number;
}

function spanOf(found: readonly FoundPart[]): Span {
  const ends = found.flatMap(({ lines }) => endsOf(lines));
  return { oldest: Math.min(...ends), newest: Math.max(...ends) };
}

function endsOf(lines: readonly number[]): number[] {
  return lines.length === 0 ? [] : [Math.min(...lines), Math.max(...lines)];
}

/** Whether there may be older lines with this part, which were not read. */
function isCut({ lines }: FoundPart): boolean {
  return lines.length >= MEMORY_LIMITS.linesPerPart;
}

function rarityOf({ lines }: FoundPart, all: number, span: Span | undefined): number {
  return Math.log(1 + all / Math.max(1, countOf(lines, all, span))) ** 2;
}

/** Where the newest ones alone were read, by how closely they stand: those of "the" reach back over a short time only. */
function countOf(lines: readonly number[], all: number, span: Span | undefined): number {
  if (span === undefined || lines.length < MEMORY_LIMITS.linesPerPart) return lines.length;
  const share = (span.newest - Math.min(...lines) + 1) / (span.newest - span.oldest + 1);
  return Math.min(all, lines.length / share);
}

function isQuestion(said: string): boolean {
  return /[?？؟]\s*\P{L}*$/u.test(said);
}

function isNearCopy(said: string, asked: ReadonlySet<number>): boolean {
  // A line of more parts than this shares too few of them with the question, whichever they are.
  const most = Math.floor(asked.size / NEAR_COPY);
  const parts = partNumbersOf(said, most + 1);
  if (parts.length > most) return false;
  const shared = parts.filter((part) => asked.has(part)).length;
  return shared > 0 && shared / (parts.length + asked.size - shared) > NEAR_COPY;
}
