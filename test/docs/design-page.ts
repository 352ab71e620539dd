import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A way through the source, as a section of docs/design.md has it. */
export interface Way {
  readonly heading: string;
  /** The files to be read, with the lines that the page says. */
  readonly toRead: readonly { readonly path: string; readonly toldLines: number }[];
  /** The files that are passed besides. */
  readonly alsoPassed: readonly string[];
  readonly told: {
    readonly linesToRead: number;
    readonly filesToRead: number;
    readonly linesPassed: number;
    readonly filesPassed: number;
  };
}

const ROOT = join(import.meta.dirname, '../..');
const FILE_ROW = /^(\| `(src\/[\w/-]+\.ts)` \| )([\d,]+)(?= \|)/gm;
const FOLDER_ROW = /^\| `(src\/[\w/-]+\/)` \| (.+) \|$/gm;
const TO_READ = /(That is )([\d,]+)( lines in )(\d+)(?= files)/;
const PASSED = /(passes )(\d+)( files\s+with )([\d,]+)(?= lines)/;

/** The ways of the page, each with what it says of itself. */
export function waysOf(page: string): Way[] {
  return sectionsOf(page).filter(isWay).map(wayOf);
}

/** The page with the figures of its ways counted anew; the files stand in it by hand. */
export function withLinesCounted(page: string): string {
  return sectionsOf(page)
    .map((section) => (isWay(section) ? counted(section) : section))
    .join('');
}

/** The lines of a file of the project, comments and blank ones too. */
export function linesOf(path: string): number {
  return readFileSync(join(ROOT, path), 'utf8').split('\n').length - 1;
}

export function sumOfLines(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + linesOf(path), 0);
}

export function isThere(path: string): boolean {
  return existsSync(join(ROOT, path));
}

function sectionsOf(page: string): string[] {
  return page.split(/^(?=## )/m);
}

function isWay(section: string): boolean {
  return TO_READ.test(section);
}

function wayOf(section: string): Way {
  const [, , linesToRead, , filesToRead] = TO_READ.exec(section) ?? [];
  const [, , filesPassed, , linesPassed] = PASSED.exec(section) ?? [];
  return {
    heading: section.split('\n', 1)[0]?.replace('## ', '') ?? '',
    toRead: [...section.matchAll(FILE_ROW)].map(([, , path = '', lines]) => ({
      path,
      toldLines: toNumber(lines),
    })),
    alsoPassed: passedIn(section),
    told: {
      linesToRead: toNumber(linesToRead),
      filesToRead: toNumber(filesToRead),
      linesPassed: toNumber(linesPassed),
      filesPassed: toNumber(filesPassed),
    },
  };
}

function passedIn(section: string): string[] {
  return [...section.matchAll(FOLDER_ROW)].flatMap(([, folder = '', names = '']) =>
    names.split(', ').map((name) => `${folder}${name}.ts`),
  );
}

function counted(section: string): string {
  const toRead = [...section.matchAll(FILE_ROW)].map(([, , path = '']) => path);
  const passed = passedIn(section);
  return section
    .replace(FILE_ROW, (_, start: string, path: string) => `${start}${toText(linesOf(path))}`)
    .replace(TO_READ, `$1${toText(sumOfLines(toRead))}$3${toRead.length}`)
    .replace(PASSED, `$1${passed.length}$3${toText(sumOfLines(passed))}`);
}

function toNumber(text = ''): number {
  return Number(text.replaceAll(',', ''));
}

function toText(count: number): string {
  return count.toLocaleString('en-GB');
}
