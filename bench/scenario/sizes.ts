import { type Benchmark, taking, WordError } from './benchmark.ts';

const WHOLE_NUMBER = /^\d{1,10}$/;
const MOST = 999_999_999;

/** What a number is unless it is given, and from where to where it is taken; alone it is what is usual, and at least 1, or 0 where 0 is usual. */
export type Size = number | { readonly usual: number; readonly least?: number; readonly most?: number };

export type Sizes<Name extends string> = Readonly<Record<Name, number>>;

export interface SizeAndList {
  readonly size: number;
  readonly list: readonly number[];
}

/** One that takes numbers in the order of `sizes`, such as `npm run bench -- burst 1000 10`. */
export function takingSizes<Name extends string>(
  sizes: Readonly<Record<Name, Size>>,
  run: (sizes: Sizes<Name>) => Promise<void>,
): Benchmark {
  const takes = Object.keys(sizes).reduceRight((rest, name) => `[${upper(name)}${rest && ` ${rest}`}]`, '');
  return taking(takes, (words) => sizesOf(sizes, words), run);
}

/** What is left out is as usual. Throws where a word is no such number, or there are more than numbers. */
export function sizesOf<Name extends string>(
  sizes: Readonly<Record<Name, Size>>,
  words: readonly string[],
): Sizes<Name> {
  const names = Object.keys(sizes) as Name[];
  const surplus = words[names.length];
  if (surplus !== undefined) throw new WordError(`"${surplus}" is one word too many.`);
  const read = names.map((name, at) => {
    const { usual, ...range } = rangeOf(sizes[name]);
    const word = words[at];
    return [name, word === undefined ? usual : sizeFrom(word, { name, ...range })];
  });
  return Object.fromEntries(read) as Sizes<Name>;
}

/** A number, and as many more as are given: `npm run bench -- many-workers 20000 1 2 4`. */
export function sizeAndList(
  defaults: SizeAndList,
  names: readonly [size: string, list: string],
  words: readonly string[],
): SizeAndList {
  const [size = defaults.size, ...list] = words.map((word, at) =>
    sizeFrom(word, { name: names[Math.min(at, 1)] ?? '', least: 1, most: MOST }),
  );
  return { size, list: list.length === 0 ? defaults.list : list };
}

function rangeOf(size: Size) {
  const {
    usual,
    least = Math.min(1, usual),
    most = MOST,
  } = typeof size === 'number' ? { usual: size } : size;
  return { usual, least, most };
}

interface Range {
  readonly name: string;
  readonly least: number;
  readonly most: number;
}

function sizeFrom(word: string, { name, least, most }: Range): number {
  if (WHOLE_NUMBER.test(word) && Number(word) >= least && Number(word) <= most) return Number(word);
  const range = most === MOST ? `from ${least} on` : `from ${least} to ${most}`;
  throw new WordError(`"${word}" is no whole number ${range}. It stands in the place of ${upper(name)}.`);
}

/** perSecond → PER_SECOND */
function upper(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
