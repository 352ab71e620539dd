import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAY_IMPORT } from '../architecture/source-rules.ts';
import { isThere, linesOf, sumOfLines, waysOf, withLinesCounted } from './design-page.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/design.md'), 'utf8');
const ways = waysOf(page);

/** A figure may be off by this part before it has to be counted anew. */
const TOLERANCE = 0.1;
/** What a reader may be asked to read of each way. */
const MOST: Readonly<Record<string, { readonly files: number; readonly lines: number }>> = {
  "A request's way": { files: 8, lines: 900 },
  "A dialogue's way through the mind": { files: 12, lines: 1_400 },
};

describe('the layers of docs/design.md', () => {
  const rows = [...page.matchAll(/^\| `([\w/-]+)\/` \| .+ \| (.+) \|$/gm)].filter(
    ([, folder = '']) => !folder.startsWith('src'),
  );

  it('have a row for each folder, with what it may import', () => {
    const told = rows.map(([, folder = '', imports = '']) => [folder, foldersIn(imports)]);
    const { cli: _, ...others } = Object.fromEntries(told) as Record<string, string[]>;
    const rules = Object.entries(MAY_IMPORT).map(([folder, allowed]) => [folder, [...allowed].sort()]);
    expect(others).toEqual(Object.fromEntries(rules));
    expect(rows.map(([, folder]) => folder)).toContain('cli');
  });
});

describe('the ways of docs/design.md', () => {
  it('are those of a request and of a dialogue', () => {
    expect(ways.map(({ heading }) => heading)).toEqual(Object.keys(MOST));
  });

  it.each(ways)('$heading: names files that are there, each once', ({ toRead, alsoPassed }) => {
    const paths = [...toRead.map(({ path }) => path), ...alsoPassed];
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it.each(ways)('$heading: says how long they are (else run: npm run docs)', (way) => {
    const { toRead, alsoPassed, told } = way;
    for (const { path, toldLines } of toRead) expect(isNear(toldLines, linesOf(path)), path).toBe(true);
    expect(told.filesToRead).toBe(toRead.length);
    expect(told.filesPassed).toBe(alsoPassed.length);
    expect(told.linesToRead).toBe(toRead.reduce((sum, { toldLines }) => sum + toldLines, 0));
    expect(isNear(told.linesPassed, sumOfLines(alsoPassed)), 'what else is passed').toBe(true);
  });

  it.each(ways)('$heading: is no longer than it may be', ({ heading, toRead }) => {
    expect(toRead.length).toBeLessThanOrEqual(MOST[heading]!.files);
    expect(sumOfLines(toRead.map(({ path }) => path))).toBeLessThanOrEqual(MOST[heading]!.lines);
  });

  it('are counted anew by npm run docs, which changes nothing else', () => {
    const stale = page
      .replace(/^(\| `src\/worker\/poller\.ts` \| )[\d,]+/m, '$11')
      .replace(/That is [\d,]+ lines in \d+/g, 'That is 2 lines in 3')
      .replace(/passes \d+ files(\s+)with [\d,]+/g, 'passes 4 files$1with 5');
    expect(stale).not.toBe(page);
    expect(withLinesCounted(stale)).toBe(withLinesCounted(page));
    const figures = /[\d,]+/g;
    expect(withLinesCounted(page).replace(figures, '')).toBe(page.replace(figures, ''));
  });
});

/** "config, mind/{answer,talk}" are three folders. */
function foldersIn(imports: string): string[] {
  if (imports === 'nothing') return [];
  return imports
    .split(/, (?![^{]*\})/)
    .flatMap((word) => {
      const [, room, floors] = /^(\w+)\/\{([\w,]+)\}$/.exec(word) ?? [];
      return floors === undefined ? [word] : floors.split(',').map((floor) => `${room}/${floor}`);
    })
    .sort();
}

function isNear(told: number, counted: number): boolean {
  return Math.abs(told - counted) <= TOLERANCE * counted;
}
