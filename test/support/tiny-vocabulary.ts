/** A vocabulary of byte pairs, as GPT-2's and its heirs': each token is a text of the letters that stand for bytes. */
export interface Vocabulary {
  readonly tokens: readonly string[];
  /** "a b": these two become one, the first of the list before the others. */
  readonly merges: readonly string[];
}

/** The words that are merged: what comes less often is left in pieces. More would make it slower and no truer. */
const MOST_WORDS = 16_000;

/** As GPT-2 cuts a text before it looks for pairs; llama.cpp does the same where the model's file says "gpt-2". */
const PIECES = /'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

interface Word {
  symbols: string[];
  readonly count: number;
}

/** Learns a vocabulary from a text: its most frequent pairs become tokens, one after the other. */
export function learnVocabulary(text: string, mergeCount: number): Vocabulary {
  const words = wordsOf(text);
  const pairs = new PairCounts(words);
  const merges: string[] = [];
  while (merges.length < mergeCount) {
    const pair = pairs.mostFrequent();
    if (pair === undefined) break;
    merges.push(pair);
    pairs.merge(pair);
  }
  return { tokens: [...BYTE_LETTERS, ...merges.map((pair) => pair.replace(' ', ''))], merges };
}

function wordsOf(text: string): Word[] {
  const counts = new Map<string, number>();
  for (const [piece] of text.matchAll(PIECES)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, MOST_WORDS)
    .map(([piece, count]) => ({ symbols: lettersOf(piece), count }));
}

interface Pair {
  readonly text: string;
  readonly words: Set<Word>;
  count: number;
}

/** How often each pair stands in all words, kept up to date while pairs are merged. */
class PairCounts {
  readonly #pairs = new Map<string, Pair>();
  /** The pairs by their count, the oldest first. To look through all of them for each merge took 8 s. */
  readonly #byCount: Set<Pair>[] = [];
  #most = 0;

  constructor(words: readonly Word[]) {
    for (const word of words) this.#add(word, 1);
  }

  /** Undefined where no pair stands twice. */
  mostFrequent(): string | undefined {
    while (this.#most > 1 && !this.#byCount[this.#most]?.size) this.#most -= 1;
    const [pair] = this.#most > 1 ? (this.#byCount[this.#most] ?? []) : [];
    return pair?.text;
  }

  merge(text: string): void {
    const [left, right] = text.split(' ') as [string, string];
    for (const word of [...(this.#pairs.get(text)?.words ?? [])]) {
      this.#add(word, -1);
      word.symbols = withMerged(word.symbols, left, right);
      this.#add(word, 1);
    }
  }

  #add(word: Word, sign: 1 | -1): void {
    for (let at = 1; at < word.symbols.length; at += 1) {
      const text = `${word.symbols[at - 1]} ${word.symbols[at]}`;
      const pair = this.#pairs.get(text) ?? { text, words: new Set(), count: 0 };
      this.#pairs.set(text, pair);
      if (sign === 1) pair.words.add(word);
      else pair.words.delete(word);
      this.#count(pair, pair.count + sign * word.count);
    }
  }

  #count(pair: Pair, count: number): void {
    this.#byCount[pair.count]?.delete(pair);
    pair.count = count;
    this.#byCount[count] ??= new Set();
    this.#byCount[count].add(pair);
    this.#most = Math.max(this.#most, count);
  }
}

function withMerged(symbols: readonly string[], left: string, right: string): string[] {
  const merged: string[] = [];
  for (let at = 0; at < symbols.length; at += 1) {
    const isPair = symbols[at] === left && symbols[at + 1] === right;
    merged.push(isPair ? left + right : (symbols[at] as string));
    if (isPair) at += 1;
  }
  return merged;
}

/** GPT-2's letter for each byte: the byte's own character where that is seen, else one from 256 on. */
const BYTE_LETTERS: readonly string[] = byteLetters();

function byteLetters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const isSeen = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    return String.fromCodePoint(isSeen ? byte : next++);
  });
}

function lettersOf(text: string): string[] {
  return [...Buffer.from(text)].map((byte) => BYTE_LETTERS[byte] as string);
}
