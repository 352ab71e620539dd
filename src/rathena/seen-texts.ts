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

export interface Suspicion {
  /** The codepage that the bytes fit. */
  readonly codepage: string;
  /** A piece as it was read, and as that codepage reads it. */
  readonly seen: string;
  readonly meant: string;
}

/** Bytes of other clients that were read as Windows' 1252: Korean, Japanese, Chinese or UTF-8 without a sense. */
export function suspectCodepage(texts: readonly string[]): Suspicion | undefined {
  const runs = texts.flatMap((text) => {
    const bytes = (text.match(RUN) ?? []).map((seen) => ({ seen, bytes: bytesOf(seen) }));
    return bytes.length > 0 && bytes.every((run) => run.bytes !== undefined) ? bytes.slice(0, 1) : [];
  });
  if (new Set(runs.map(({ seen }) => seen)).size < LEAST_TEXTS) return undefined;
  for (const [codepage, label] of CANDIDATES) {
    const read = runs.map(({ seen, bytes }) => ({ codepage, seen, meant: textOf(bytes, label) }));
    const [first] = read;
    if (first?.meant !== undefined && read.every(({ meant }) => meant !== undefined && isMeant(meant)))
      return { ...first, meant: first.meant };
  }
  return undefined;
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
