import { franc } from 'franc-min';
import { LRUCache } from 'lru-cache';
import { keyIn, toKey } from './keys.ts';
import { isSameLanguage, languageOf } from './language.ts';
import { allPacks, packOf } from './pack-book.ts';
import type { LanguagePack } from './pack-schema.ts';
import { scriptsIn } from './pack-scripts.ts';
import { foldWidth } from './script.ts';
import { toWords, type Word } from './words.ts';

/** Letters tell most: of the twelve languages only those of the Latin script, and Han, have to be told by words. */
const LETTER = /\p{L}/gu;
/** Names, numbers and laughter are of no language. */
const MIN_WORD_CHARACTERS = 2;
/** So much of the talk's own words, and nobody looks further: other packs are not even read. */
const ENOUGH = 0.6;
/** How much more another language must know of a line than that of the talk: a word of its own, or two that it shares. */
const LEAD = 0.75;
const LEAD_OF_SECOND = 0.2;
/** Of fewer words, a talk that goes on is not taken to have changed: "ok", "gracias". */
const MIN_WORDS_TO_CHANGE = 3;
/** Trigrams are wrong about one short line in three, and know nothing of packs: only where words tell nothing. */
const MIN_LETTERS_FOR_TRIGRAMS = 25;
/** Where words have left two or three languages. */
const MIN_LETTERS_FOR_TIES = 10;

export interface GuessOptions {
  /** The language of the talk so far, such as en. */
  readonly talk: string;
  /** Whether the player has said something in it before. */
  readonly isGoingOn: boolean;
}

/** Each answer looks at the last lines of its talk anew. */
const MOST_LINES = 5_000;
const guessed = new LRUCache<string, string>({ max: MOST_LINES });

/** The code of the pack in whose language a line is written; the talk's, where that is not sure. */
export function guessLanguage(text: string, options: GuessOptions): string {
  const key = `${options.talk}\n${options.isGoingOn ? 1 : 0}\n${text.slice(0, 500)}`;
  const known = guessed.get(key);
  if (known !== undefined) return known;
  const found = guess(text, options);
  // The talk's own code may say more, as en-GB does.
  const code = isSameLanguage(found, options.talk) ? options.talk : found;
  guessed.set(key, code);
  return code;
}

function guess(text: string, { talk, isGoingOn }: GuessOptions): string {
  const line = foldWidth(text.slice(0, 500));
  const letters = line.match(LETTER) ?? [];
  if (letters.length === 0 || isClearlyOf(talk, line, letters)) return talk;
  const found = allPacks().filter((pack) => isWrittenIn(pack, letters));
  const own = packOf(talk);
  const [only, ...others] = found;
  if (only === undefined) return talk;
  if (others.length === 0) return only.code;
  // Every language is written in Latin letters by somebody: privet, arigatou.
  const packs = only.scripts.includes('Latin') ? allPacks() : found;
  return byWords(line, { packs, own, isGoingOn }) ?? byDefault(found, talk);
}

/** Han alone is Chinese or Japanese: where the talk is neither, the one that has no other script. */
function byDefault(packs: readonly LanguagePack[], talk: string): string {
  const isAnyOfThem = packs.some(
    ({ code, scripts }) => scripts.includes('Latin') || isSameLanguage(code, talk),
  );
  if (isAnyOfThem) return talk;
  return packs.toSorted((a, b) => a.scripts.length - b.scripts.length)[0]?.code ?? talk;
}

function isClearlyOf(code: string, line: string, letters: readonly string[]): boolean {
  const pack = packOf(code);
  if (pack === undefined || !isWrittenIn(pack, letters)) return false;
  // A script of its own needs no words.
  if (!pack.scripts.includes('Latin') && !pack.scripts.includes('Han')) return true;
  const words = wordsOf(line, pack.code);
  return words.length > 0 && knownIn(words, pack) >= ENOUGH * words.length;
}

/** Fewer letters are a sigh, or a name; and names of the game in Latin letters stand in a good answer, too. */
const MIN_LETTERS_OF_SCRIPT = 4;

/** Whether a text is written in the script of a language; true where no pack tells its script. */
export function isInScriptOf(text: string, code: string): boolean {
  const pack = packOf(code);
  const letters = text.match(LETTER) ?? [];
  return (
    pack === undefined ||
    letters.length < MIN_LETTERS_OF_SCRIPT ||
    countIn(pack, letters) * 3 > letters.length
  );
}

/** Whether most letters are of the pack's scripts. */
function isWrittenIn(pack: LanguagePack, letters: readonly string[]): boolean {
  return countIn(pack, letters) * 2 > letters.length;
}

/** Signs that lengthen or repeat the one before them are of its script. */
const OF_THE_LAST = /[ー々]/;

function countIn(pack: LanguagePack, letters: readonly string[]): number {
  const script = scriptsIn(pack);
  return letters.filter((letter) => script.test(letter) || OF_THE_LAST.test(letter)).length;
}

interface Choosing {
  readonly packs: readonly LanguagePack[];
  readonly own: LanguagePack | undefined;
  readonly isGoingOn: boolean;
}

/** By the words that packs know; a word that several know counts less for each. Undefined where it is not sure. */
function byWords(line: string, { packs, own, isGoingOn }: Choosing): string | undefined {
  const words = wordsOf(line, own?.code ?? '');
  if (isGoingOn && words.length < MIN_WORDS_TO_CHANGE) return undefined;
  const scores = new Map(packs.map((pack) => [pack, 0]));
  for (const word of words) {
    const knowing = packs.filter((pack) => knownIn([word], pack) > 0);
    for (const pack of knowing) scores.set(pack, (scores.get(pack) ?? 0) + 1 / knowing.length);
  }
  const [[best, score] = [], [, second] = []] = [...scores].toSorted(([, a], [, b]) => b - a);
  if (best === undefined || score === undefined) return undefined;
  const before = own === undefined ? 0 : (scores.get(own) ?? 0);
  if (best === own) return own.code;
  if (score - before >= LEAD && score - (second ?? 0) >= LEAD_OF_SECOND) return best.code;
  const tied = packs.filter((pack) => score - (scores.get(pack) ?? 0) < LEAD_OF_SECOND);
  if (score > 0 && before === 0 && tied.length > 1) return byTrigrams(line, tied, MIN_LETTERS_FOR_TIES);
  return score * 3 < words.length ? byTrigrams(line, packs, MIN_LETTERS_FOR_TRIGRAMS) : undefined;
}

function wordsOf(line: string, code: string): readonly Word[] {
  return toWords(line, { ...languageOf(code), spellings: NO_SPELLINGS }).filter(
    ({ key }) => key.length >= MIN_WORD_CHARACTERS && !/\d/.test(key),
  );
}

const NO_SPELLINGS: ReadonlyMap<string, string> = new Map();
const vocabularies = new WeakMap<LanguagePack, Vocabulary>();

interface Vocabulary {
  readonly words: ReadonlySet<string>;
  /** How words begin. */
  readonly beginnings: ReadonlySet<string>;
}

/** Shorter ones begin words of any language. */
const MIN_BEGINNING = 4;

/** Whether the pack writes this word down as one of its language. */
export function isWordOf(pack: LanguagePack, word: Word): boolean {
  return knownIn([word], pack) > 0;
}

function knownIn(words: readonly Word[], pack: LanguagePack): number {
  const vocabulary = vocabularies.get(pack) ?? vocabularyOf(pack);
  vocabularies.set(pack, vocabulary);
  return words.filter(({ written }) => isKnown(written.toLowerCase().replace(/['’]/g, ''), vocabulary))
    .length;
}

function isKnown(word: string, { words, beginnings }: Vocabulary): boolean {
  if (words.has(word)) return true;
  for (let length = MIN_BEGINNING; length <= word.length; length++)
    if (beginnings.has(word.slice(0, length))) return true;
  return false;
}

/** Every word that a pack writes down as one of its language, with its accents and without. */
function vocabularyOf(pack: LanguagePack): Vocabulary {
  const { common_words, question_words, articles, negations, particles, intents, telling, clause_ends } =
    pack;
  const sources = [
    ...[common_words, question_words, articles, negations, particles, clause_ends],
    ...[
      pack.no_values,
      pack.fillers,
      pack.name_ends,
      Object.keys(pack.spellings),
      Object.keys(pack.mirrored),
    ],
    ...Object.values(intents).map((sources) => sources ?? []),
    ...Object.values(telling).map((sources) => sources ?? []),
    ...Object.values(pack.feelings).map((sources) => sources ?? []),
  ];
  const written = sources.flat().flatMap((source) => source.replace(/\{\w+\}/g, ' ').match(WRITTEN) ?? []);
  const forms = (words: readonly string[]) =>
    new Set(words.flatMap((word) => [keyIn(word, { hasAccents: true }), toKey(word)]));
  const beginnings = written.flatMap((word) => /^(?<start>[^*]+)\*$/.exec(word)?.groups?.['start'] ?? []);
  return {
    words: forms(written.filter((word) => !word.includes('*'))),
    beginnings: forms(beginnings.filter((start) => start.length >= MIN_BEGINNING)),
  };
}

const WRITTEN = /[\p{L}\p{M}'’*]+/gu;

/** ISO 639-3, by which trigrams are known, has another code for a few. */
const TRIGRAM_CODES: Readonly<Record<string, string>> = {
  en: 'eng',
  pt: 'por',
  es: 'spa',
  id: 'ind',
  de: 'deu',
  fr: 'fra',
  tl: 'tgl',
};

function byTrigrams(line: string, packs: readonly LanguagePack[], minLength: number): string | undefined {
  const codes = new Map(
    packs.flatMap(({ code }) => {
      const known = TRIGRAM_CODES[code.split('-', 1)[0] ?? ''];
      return known === undefined ? [] : [[known, code] as const];
    }),
  );
  if (codes.size < packs.length || (line.match(LETTER) ?? []).length < minLength) return undefined;
  const found = franc(line, { only: [...codes.keys()], minLength });
  return codes.get(found);
}
