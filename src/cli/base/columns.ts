import { stripVTControlCharacters } from 'node:util';

/**
 * Text for a terminal. What players, scripts and services wrote may hold words that move its cursor, or worse: none of
 * them gets there.
 */
export function shown(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}]/gu, ' ');
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NO_WIDTH = /\p{M}|\p{Cf}/u;

/** How many columns a text takes: characters of East Asia take two, marks on a letter none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += NO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** Cut with … where it is too long. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    const next = used + widthOf(character);
    if (next > width - 1) break;
    kept += character;
    used = next;
  }
  return width > 0 ? `${kept}…` : '';
}

/** Lines that are broken between words, each behind the margin; a word that is longer than a line stays whole. */
export function wrapped(text: string, width: number, margin: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(margin) + widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(`${margin}${line}`);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, `${margin}${line}`];
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be cut down to this; not at all where nothing is named. */
  readonly least?: number;
  /** Left out where there is no room, the highest first; never where nothing is named. */
  readonly leaveOut?: number;
}

const GAP = 2;

/** Lines of columns, without trailing blanks, the titles first. `width`: as wide as the terminal; Infinity for a pipe. */
export function columns(
  all: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const cells = [all.map(({ title }) => title), ...rows.map((row) => row.map(shown))];
  const kept = keptOf(all, cells, width);
  const widths = shrunk(all, kept, widthsOf(kept, cells), width);
  return cells.map((row) =>
    kept
      .map((index, place) => padded(row[index] ?? '', widths[place] ?? 0, all[index]?.align ?? 'left'))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

function keptOf(all: readonly Column[], cells: readonly (readonly string[])[], width: number): number[] {
  const kept = all.map((_, index) => index);
  const leastOf = (index: number) => {
    const natural = widthsOf([index], cells)[0] ?? 0;
    return Math.min(natural, all[index]?.least ?? natural);
  };
  const order = kept
    .filter((index) => all[index]?.leaveOut !== undefined)
    .sort((a, b) => (all[b]?.leaveOut ?? 0) - (all[a]?.leaveOut ?? 0));
  for (const index of order) {
    const needed = kept.reduce((sum, one) => sum + leastOf(one) + GAP, -GAP);
    if (needed <= width) break;
    kept.splice(kept.indexOf(index), 1);
  }
  return kept;
}

function widthsOf(kept: readonly number[], cells: readonly (readonly string[])[]): number[] {
  return kept.map((index) => cells.reduce((most, row) => Math.max(most, widthOf(row[index] ?? '')), 0));
}

/** The widest of those that may be cut gives a column, until all fit. */
function shrunk(
  all: readonly Column[],
  kept: readonly number[],
  natural: readonly number[],
  width: number,
): number[] {
  const widths = [...natural];
  const total = () => widths.reduce((sum, one) => sum + one + GAP, -GAP);
  while (total() > width) {
    let widest = -1;
    for (const [place, one] of widths.entries()) {
      const least = all[kept[place] ?? -1]?.least ?? Number.POSITIVE_INFINITY;
      if (one > least && one > (widths[widest] ?? 0)) widest = place;
    }
    if (widest === -1) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function padded(text: string, width: number, align: 'left' | 'right'): string {
  const kept = cut(text, width);
  const blanks = ' '.repeat(Math.max(0, width - widthOf(kept)));
  return align === 'left' ? `${kept}${blanks}` : `${blanks}${kept}`;
}
