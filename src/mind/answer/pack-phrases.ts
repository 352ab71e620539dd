import type { LanguagePack } from '../language/pack-schema.ts';
import { foldWidth } from '../language/script.ts';

/** Letters beside which a phrase that begins or ends with such would be a part of a word. */
const CASED = '[\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}]';
const OF_A_WORD = '[\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\p{N}\\p{M}]';
const BEGINS_CASED = new RegExp(`^${CASED}`, 'u');
const ENDS_CASED = new RegExp(`${CASED}$`, 'u');
/** `*` in a phrase: a few words, within the sentence. */
const GAP = '[^.!?。！？\\n]{0,40}?';

/** As phrases are compared: width, case and kinds of apostrophes are no matter. */
export function foldPhrase(text: string): string {
  return foldWidth(text).replace(/[’‘`]/g, "'").toLowerCase();
}

/**
 * One expression for plain phrases, the longest first, as words of their own; undefined for none. For folded texts. What may
 * stand beside them is said once for all of a kind: for each phrase, it took 0.7 s of CPU to compile.
 */
export function phrasesPattern(phrases: readonly string[]): string | undefined {
  const folded = phrases
    .map((phrase) => foldPhrase(phrase).trim())
    .filter((phrase) => /[\p{L}\p{N}]/u.test(phrase))
    .toSorted((one, other) => other.length - one.length);
  const sources = KINDS.flatMap((kind) => {
    const ofKind = folded.filter((phrase) => kindOf(phrase) === kind).map(phraseSource);
    const { before, behind } = BORDERS[kind];
    return ofKind.length === 0 ? [] : [`${before}(?:${ofKind.join('|')})${behind}`];
  });
  return sources.length === 0 ? undefined : `(?:${sources.join('|')})`;
}

const KINDS = ['both', 'begins', 'ends', 'neither'] as const;
type Kind = (typeof KINDS)[number];

const BORDERS: Readonly<Record<Kind, { readonly before: string; readonly behind: string }>> = {
  both: { before: `(?<!${OF_A_WORD})`, behind: `(?!${OF_A_WORD})` },
  begins: { before: `(?<!${OF_A_WORD})`, behind: '' },
  ends: { before: '', behind: `(?!${OF_A_WORD})` },
  neither: { before: '', behind: '' },
};

function kindOf(phrase: string): Kind {
  if (BEGINS_CASED.test(phrase)) return ENDS_CASED.test(phrase) ? 'both' : 'begins';
  return ENDS_CASED.test(phrase) ? 'ends' : 'neither';
}

function phraseSource(phrase: string): string {
  const words = phrase.split(/\s+/).map((word) => (word === '*' ? GAP : escaped(word)));
  // In scripts without blanks one may or may not stand there.
  const between = kindOf(phrase) === 'neither' ? '\\s*' : '\\s+';
  return words.join(between).replaceAll(`${between}${GAP}${between}`, `\\s*${GAP}\\s*`);
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** What is made of a pack once. */
export function oncePerPack<T>(make: (pack: LanguagePack) => T): (pack: LanguagePack) => T {
  const made = new WeakMap<LanguagePack, { readonly value: T }>();
  return (pack) => {
    const known = made.get(pack) ?? { value: make(pack) };
    made.set(pack, known);
    return known.value;
  };
}
