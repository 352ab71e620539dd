import { SYMBOLS } from './symbols.ts';

/** What may stand in place of one character. */
export interface Fold {
  /** The most faithful first. "" is nothing at all: what cannot be seen goes without a trace. */
  readonly candidates: readonly string[];
  /** The mark that makes the character of its first candidate: U+0301 of é. */
  readonly mark?: string;
  /** Whether the character before has a say: it takes the mark, or a digit must not grow into a fraction (2½). */
  readonly looksBack?: true;
}

/** Letters with marks of living alphabets. Polytonic Greek is 230 more, and no game is played in it. */
const LETTER_RANGES = ['À-ɏ', 'Ḁ-ỿ', 'Ͱ-Ͽ', 'Ѐ-ӿ', 'ぁ-ヿ'];
/** What Unicode itself writes in plainer characters: ligatures, fractions, numerals, superscripts, wide and narrow forms. */
const PLAINER_RANGES = [
  ...['ª', '²-³', '¹-º', '¼-¾', '⁰⁴-⁹', '₀-₉', '℡', '\u2126', '\u212a-\u212b'],
  ...['⅐-ⅿ', 'ⅰ-ⅿ', '①-⑳', 'ﬀ-ﬆ', '！-～', 'ｦ-ﾟ'],
];
const SPACES = '\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000';
const UNSEEN = '\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff';
const MARKS = '\u0300-\u036f\u20d0-\u20f0\u3099\u309a';

/** Every character that has a substitute. */
export const FOLDS: ReadonlyMap<string, Fold> = new Map([
  ...charactersOf(LETTER_RANGES.join('')).flatMap(letterWithMark),
  ...charactersOf(PLAINER_RANGES.join('')).map(plainer),
  ...charactersOf(SPACES).map((space): Entry => [space, { candidates: [' '] }]),
  ...charactersOf(UNSEEN).map((unseen): Entry => [unseen, { candidates: [''] }]),
  ...charactersOf(MARKS).map((mark): Entry => [mark, { candidates: [''], looksBack: true }]),
  ...SYMBOLS.flatMap(([characters, ...candidates]) =>
    [...characters].map((character): Entry => [character, foldOf(character, candidates)]),
  ),
]);

/** é of e and U+0301, by both together. */
export const COMPOSED: ReadonlyMap<string, string> = new Map(
  [...FOLDS].flatMap(([character, { candidates, mark }]) =>
    mark === undefined ? [] : [[`${candidates[0]}${mark}`, character] as const],
  ),
);

type Entry = [character: string, fold: Fold];

function letterWithMark(letter: string): Entry[] {
  const [mark, ...rest] = [...letter.normalize('NFD')].reverse();
  const base = rest.reverse().join('').normalize('NFC');
  if (mark === undefined || [...base].length !== 1) return [];
  return [[letter, { candidates: [base, ...basesOf(base)], mark }]];
}

/** â and a, of ấ; Æ and AE, of Ǽ. */
function basesOf(letter: string): readonly string[] {
  const [[, fold] = []] = letterWithMark(letter);
  return fold?.candidates ?? SYMBOLS.find(([characters]) => characters.includes(letter))?.slice(1) ?? [];
}

function plainer(character: string): Entry {
  const plain = character
    .normalize('NFKC')
    .replaceAll('\u2044', '/')
    .replaceAll('\u3099', '゛')
    .replaceAll('\u309a', '゜');
  const circled = /[①-⑳]/.test(character) ? `(${plain})` : plain;
  return [character, foldOf(character, [circled, ...basesOf(plain)])];
}

function foldOf(character: string, all: readonly string[]): Fold {
  const candidates = all.filter((candidate) => candidate !== character);
  return candidates.some((candidate) => /^\d/.test(candidate))
    ? { candidates, looksBack: true }
    : { candidates };
}

/** The characters of a class of a regular expression: a-c is a, b and c. */
function charactersOf(ranges: string): string[] {
  return [...ranges.matchAll(/(.)(?:-(.))?/gsu)].flatMap(([, first = '', last = first]) => {
    const [from = 0, to = 0] = [first.codePointAt(0), last.codePointAt(0)];
    return Array.from({ length: to - from + 1 }, (_, at) => String.fromCodePoint(from + at));
  });
}
