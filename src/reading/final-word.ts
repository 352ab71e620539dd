import { readHeadings } from './headings.ts';
import type { Evidence, LeftOut } from './message.ts';
import type { Stretch } from './stretch-list.ts';
import { type Stretches, SWALLOWED } from './stretches.ts';

/** The part of a message that comes last, and what shows it; words of it still have to be read. */
export interface FinalWord {
  readonly text: string;
  readonly evidence: Evidence | null;
  readonly leftOut: readonly LeftOut[];
  /** Text outside of thoughts that stands before them: an object in it may be the answer, words may not. */
  readonly before: string;
}

export interface NoFinalWord {
  readonly text: null;
  readonly why: string;
  readonly leftOut: readonly LeftOut[];
  readonly before: string;
}

/**
 * The last stretch within marks of an answer, else what stands behind the last thoughts, else, where there are none, the
 * whole. Thoughts that were not ended have nothing behind them.
 */
export function findFinalWord({ list, isOpen }: Stretches): FinalWord | NoFinalWord {
  const final = list.findLast(({ place, text }) => place === 'final' && text.trim() !== '');
  if (final) {
    const evidence = final.isChannel ? 'final channel' : 'marks of an answer';
    return { text: final.text, evidence, leftOut: leftOutOf(list, [final]), before: '' };
  }
  const last = list.findLastIndex(({ place }) => place === 'working');
  const outside = list.filter(({ place }) => place === 'outside');
  const behind = list.slice(last + 1).filter(({ place }) => place === 'outside');
  const text = behind.map((stretch) => stretch.text).join(' ');
  const before = outside
    .filter((stretch) => !behind.includes(stretch))
    .map((stretch) => stretch.text)
    .join('\n');
  if (last === -1) return underHeading(text, leftOutOf(list, behind));
  const leftOut = leftOutOf(list, behind);
  if (text.trim() === '' && (isOpen || before.trim() === '' || list.some(({ why }) => why === SWALLOWED))) {
    return { text: null, why: whyOf(list, isOpen), leftOut, before };
  }
  // A thought may come behind the words, too; they have to show by themselves that they are an answer.
  if (text.trim() === '') return { text: before, evidence: null, leftOut: leftOutOf(list, outside), before };
  return { text, evidence: 'text after closed thoughts', leftOut, before };
}

function underHeading(text: string, leftOut: readonly LeftOut[]): FinalWord | NoFinalWord {
  const heading = readHeadings(text);
  if (!heading) return { text, evidence: null, leftOut, before: '' };
  const { thoughts, answer, isChannel } = heading;
  const out = [...leftOut, ...(thoughts.trim() === '' ? [] : [{ text: thoughts.trim(), why: 'thoughts' }])];
  if (answer === null || answer.trim() === '') {
    // An object behind thoughts in plain words is still one.
    return { text: null, why: 'nothing but thoughts', leftOut: out, before: isChannel ? '' : text };
  }
  return {
    text: answer,
    evidence: isChannel ? 'final channel' : 'marks of an answer',
    leftOut: out,
    before: '',
  };
}

function whyOf(list: readonly Stretch[], isOpen: boolean): string {
  const works = list.filter(({ place }) => place === 'working');
  if (works.some(({ why }) => why.startsWith('thoughts'))) {
    return isOpen ? 'nothing but thoughts that have no end' : 'nothing but thoughts';
  }
  return `nothing but ${works.at(-1)?.why ?? 'marks'}`;
}

function leftOutOf(list: readonly Stretch[], taken: readonly Stretch[]): LeftOut[] {
  return list
    .filter((stretch) => !taken.includes(stretch) && stretch.text.trim() !== '')
    .map(({ text, why }) => ({ text: text.trim(), why: why || 'before the final word' }));
}
