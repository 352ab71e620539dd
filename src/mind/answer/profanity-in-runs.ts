import { GRAPHEMES, WORDS } from '../language/script.ts';
import { comparable, type Entries, type ProfanityList } from './profanity-list.ts';

/** A run of text without blanks, as it is compared. */
interface Run {
  readonly key: string;
  /** Where in the key each letter begins, with all that stands on it; last the end. */
  readonly letters: readonly number[];
  /** Where a dictionary cuts, in the key. */
  readonly cuts: ReadonlySet<number>;
}

/** A run with stars over what of it is in the list: the first letter of a word is shown where it has several. */
export function hideInRun(written: string, list: ProfanityList): string {
  const shown = [...GRAPHEMES.segment(written)].map(({ segment }) => segment);
  const run = toRun(shown);
  const hidden = new Set<number>();
  const letterAt = new Map(run.letters.map((start, at) => [start, at] as const).toReversed());
  for (const [start, end] of stretchesIn(run, list)) {
    const [first = 0, behind = 0] = [letterAt.get(start), letterAt.get(end)];
    for (let at = first + (behind - first > 1 ? 1 : 0); at < behind; at += 1) hidden.add(at);
  }
  return shown.map((letter, at) => (hidden.has(at) ? '*' : letter)).join('');
}

function toRun(shown: readonly string[]): Run {
  const letters = [0];
  let key = '';
  for (const letter of shown) {
    key += comparable(letter);
    letters.push(key.length);
  }
  const cuts = [...WORDS.segment(key)].map(({ index }) => index);
  return { key, letters, cuts: new Set([...cuts, key.length]) };
}

/** From where to where in the key something is to be hidden: never a part of a letter. */
function stretchesIn(run: Run, list: ProfanityList): (readonly [number, number])[] {
  const { key, letters, cuts } = run;
  const isLetterEnd = new Set(letters);
  const fits = ({ keys, lengths }: Entries, start: number) =>
    lengths
      .map((length) => start + length)
      .filter((end) => isLetterEnd.has(end) && keys.has(key.slice(start, end)));
  return letters.flatMap((start) => {
    const insides = fits(list.insides, start);
    if (!cuts.has(start)) return insides.map((end) => [start, end] as const);
    const whole = fits(list.whole, start).filter((end) => cuts.has(end));
    const beginnings = fits(list.beginnings, start).map((end) => nextCut(run, isLetterEnd, end));
    return [...insides, ...whole, ...beginnings].map((end) => [start, end] as const);
  });
}

/** The end of the word that goes on here. */
function nextCut({ key, cuts }: Run, letterEnds: ReadonlySet<number>, from: number): number {
  let at = from;
  while (at < key.length && !(cuts.has(at) && letterEnds.has(at))) at += 1;
  return at;
}
