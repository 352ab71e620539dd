/** What the letters of requests say of the codepage that they were read with. */

/** In the order in which they are tried: the strictest first. The names are the database's. */
const CANDIDATES: readonly (readonly [database: string, label: string])[] = [
  ['utf8mb4', 'utf-8'],
  ['euckr', 'euc-kr'],
  ['cp932', 'shift_jis'],
  ['big5', 'big5'],
  ['gbk', 'gbk'],
];
/** Four letters beyond ASCII side by side are no word of a Western language. */
const RUN = /[\u0080-\uFFFF]{4,}/g;
/** One may be a player's joke. */
const LEAST_TEXTS = 2;
const LEAST_LETTERS = 3;

/** A codepage that the bytes fit. */
export interface Suspicion {
  readonly codepage: string;
  /** A piece as it was read, and as that codepage reads it. */
  readonly seen: string;
  readonly meant: string;
}

/**
 * Bytes of other clients that were read as Windows' 1252: the codepages in which they are words. The bytes of Korean,
 * Japanese and Chinese clients overlap, so that there may be several; of UTF-8 there is no doubt.
 */
export function suspectCodepages(texts: readonly string[]): readonly Suspicion[] {
  const runs = new Map(texts.flatMap(oddRuns).map((seen) => [seen, bytesOf(seen)]));
  if (runs.size < LEAST_TEXTS || [...runs.values()].includes(undefined)) return [];
  const fitting = CANDIDATES.flatMap(([codepage, label]) => {
    const read = [...runs].map(([seen, bytes]) => ({ codepage, seen, meant: textOf(bytes, label) ?? '' }));
    const [first] = read;
    return first !== undefined && read.every(({ meant }) => isMeant(meant)) ? [first] : [];
  });
  return fitting[0]?.codepage === 'utf8mb4' ? fitting.slice(0, 1) : fitting;
}

/** The first piece of a text that is no word of the West; "ÄÄÄÄ!" is a cry. */
function oddRuns(text: string): readonly string[] {
  return (text.match(RUN) ?? []).filter((run) => new Set(run).size >= LEAST_LETTERS).slice(0, 1);
}

/** U+FFFD stands where bytes were no text. */
export function countBroken(texts: readonly string[]): number {
  return texts.filter((text) => text.includes('\uFFFD')).length;
}

/** `p?cheur`: letters that a conversion could not take. "Why?because" is one, too, so it is no proof. */
export function countAsked(texts: readonly string[]): number {
  return texts.filter((text) => /\p{L}\?+\p{L}/u.test(text)).length;
}

/** The bytes of a text in Windows' 1252, which the database calls latin1; undefined for letters that it has not. */
function bytesOf(text: string): Uint8Array | undefined {
  const table = tableOf1252();
  const bytes = [...text].map((letter) => table.get(letter));
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : undefined;
}

function tableOf1252(): ReadonlyMap<string, number> {
  const decoder = new TextDecoder('windows-1252');
  return new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]));
}

function textOf(bytes: Uint8Array | undefined, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    // These bytes are no text in it: that is the answer.
    return undefined;
  }
}

/** Letters alone, and no more of them than pairs of bytes. */
function isMeant(text: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}ー～]+$/u.test(text);
}
