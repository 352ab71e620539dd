import { toWordSet } from '../language/keys.ts';
import type { Language } from '../language/language.ts';
import type { LanguagePack } from '../language/pack-schema.ts';
import { type Choice, compileWords } from '../language/pattern.ts';
import { isHangul, isRun, isSpeltRun } from '../language/script.ts';
import { endOfChoice, placeOf } from '../language/word-match.ts';
import { isOneOf, joinWritten, toKey, type Word } from '../language/words.ts';

type ListName =
  | 'fillers'
  | 'no_names'
  | 'no_bare_names'
  | 'no_values'
  | 'name_ends'
  | 'leading'
  | 'common'
  | 'articles'
  | 'titles';

/** The words by which a value is cut out of what was said. */
export interface TellingWords {
  readonly language: Language;
  has(list: ListName, word: Word | undefined): boolean;
  /** "My" as it is said back: "your". */
  mirrored(word: Word): string;
  /** Endings that are written at a name without a blank, the longest first. */
  readonly nameEndings: readonly string[];
  readonly noNames: readonly string[];
  /** Whether it is made of the pack's parts of names, in a script without capital letters. */
  isKnownName(text: string): boolean;
  readonly classes: readonly { readonly name: string; readonly choice: Choice }[];
}

const MAX_NAME_WORDS = 3;
const MAX_NAME_CHARACTERS = 30;
/** A name of a script without blanks; longer ones are a sentence. */
const MAX_RUN_NAME_CHARACTERS = 20;
const MIN_RUN_NO_NAME = 3;
const MAX_CLASS_WORDS = 6;
/** Of one letter there are words as well: 陳, 수. */
const MIN_KNOWN_NAME = 2;
/** How far the katakana of Unicode stand behind the hiragana. */
const KATAKANA = 0x60;
/** "Im zed btw": said by the way, and a name without a capital letter. */
const BY_THE_WAY = 'btw';

/** Reads the lists of a pack. */
export function tellingWordsOf(pack: LanguagePack, language: Language): TellingWords {
  const set = (words: readonly string[]) => toWordSet(words, language);
  const { fillers, no_names, no_bare_names, no_values, name_ends } = pack;
  const lists: Readonly<Record<ListName, ReadonlySet<string>>> = {
    fillers: set(fillers),
    no_names: set(no_names),
    no_bare_names: set(no_bare_names),
    no_values: set(no_values),
    name_ends: set(name_ends),
    common: language.commonWords,
    articles: language.articles,
    titles: set(pack.answers.titles),
    // Only where values stand first is anything before them.
    leading: isLeading(pack) ? new Set([...language.commonWords, ...language.particleSet]) : new Set(),
  };
  const mirrored = new Map(Object.entries(pack.mirrored).map(([mine, yours]) => [toKey(mine), yours]));
  return {
    language,
    has: (list, word) => word !== undefined && isOneOf(lists[list], word),
    mirrored: ({ key, written }) => mirrored.get(toKey(key)) ?? written,
    noNames: no_names.map(toKey),
    isKnownName: knownNames(pack),
    nameEndings: name_ends.map(toKey).toSorted((a, b) => b.length - a.length),
    classes: Object.values(pack.classes)
      .flatMap((names) => names.map((name) => ({ name, choice: compileWords(name, language) })))
      .toSorted((a, b) => b.choice.score - a.choice.score || b.name.length - a.name.length),
  };
}

/** 김서연 of three parts, さくら and サクラ of one. */
function knownNames({ name_parts, no_names, no_bare_names }: LanguagePack): (text: string) => boolean {
  const parts = name_parts.map(toHiragana).toSorted((a, b) => b.length - a.length);
  const name = parts.length === 0 ? undefined : new RegExp(`^(?:${parts.join('|')}){1,3}$`, 'u');
  const noNames = new Set([...no_names, ...no_bare_names].map(toHiragana));
  return (text) => {
    const key = toHiragana(text);
    return key.length >= MIN_KNOWN_NAME && name?.test(key) === true && !noNames.has(key);
  };
}

function toHiragana(text: string): string {
  return text.replace(/[ァ-ヶ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - KATAKANA));
}

function isLeading({ telling }: LanguagePack): boolean {
  return Object.values(telling).some((patterns) =>
    patterns.some((source) => /^[^\p{L}\p{N}]*\{/u.test(source)),
  );
}

/** "My name is not important": what follows is no name. In a run it may be cut otherwise, and มา begins มาลี. */
export function isNoName(told: readonly Word[], words: TellingWords): boolean {
  const [first] = told;
  if (first === undefined) return true;
  const text = told.map(({ key }) => key).join('');
  if (!isSpeltRun(text)) return words.has('no_names', first);
  // จำชื่อผมได้ไหม asks for a name, and tells none.
  const last = told.at(-1);
  if (last !== undefined && isOneOf(words.language.questionWords, last)) return true;
  return words.noNames.some((one) => text === one || (one.length >= MIN_RUN_NO_NAME && text.startsWith(one)));
}

/** A name: what stands before the first word that ends one. */
export function nameFrom(told: readonly Word[], words: TellingWords): string | undefined {
  if (isNoName(told, words)) return undefined;
  const end = told.findIndex((word, at) => words.has('name_ends', word) && (at > 0 || !word.isGlued));
  const kept = takeName(told.slice(0, end < 0 ? told.length : end));
  const name = withoutEnding(toProperName(kept), words);
  const most = isRun(name) ? MAX_RUN_NAME_CHARACTERS : MAX_NAME_CHARACTERS;
  return name === '' || name.length > most ? undefined : name;
}

/** Three words at most; the parts of a run are one. */
function takeName(words: readonly Word[]): readonly Word[] {
  const starts = words.flatMap(({ isGlued }, at) => (isGlued && at > 0 ? [] : [at]));
  return words.slice(0, starts[MAX_NAME_WORDS] ?? words.length);
}

/** 민수입니다 is 민수, and สมชายครับ is สมชาย however it is cut. Of one syllable only what leaves two is an ending. */
export function withoutEnding(name: string, { nameEndings }: TellingWords): string {
  if (!isRun(name) && !isHangul(name)) return name;
  const least = (ending: string) => (isHangul(ending) && ending.length === 1 ? 2 : 1);
  const ending = nameEndings.find((one) => name.endsWith(one) && name.length - one.length >= least(one));
  return ending === undefined ? name : name.slice(0, -ending.length).trim();
}

/** Who types without capitals means them: payon is Payon. */
export function toProperName(name: readonly Word[]): string {
  const written = joinWritten(name);
  return /^[\p{Ll}\s'’]+$/u.test(written)
    ? written.replace(/(?<=^|\s)\p{Ll}/gu, (letter) => letter.toUpperCase())
    : written;
}

/** The longest name of a class among the first words; undefined where there is none, or it is denied. */
export function classFrom(
  told: readonly Word[],
  { classes, language }: TellingWords,
): { readonly name: string; readonly words: number } | undefined {
  const words = told.slice(0, MAX_CLASS_WORDS);
  if (words.some((word) => isOneOf(language.negations, word))) return undefined;
  const heard = { words, language };
  for (const { name, choice } of classes) {
    const at = words.findIndex((_, start) => endOfChoice(choice, heard, placeOf(start)) !== undefined);
    if (at >= 0) return { name, words: choice.score };
  }
  return undefined;
}

const NO_BARE_NAMES: readonly ListName[] = ['common', 'no_names', 'no_bare_names'];

/** Whether what follows "I am" is a name: written like one, and nothing goes on that would make it a sentence. */
export function isBareName(told: readonly Word[], words: TellingWords): boolean {
  const [name, more] = told.filter(({ key }) => key !== BY_THE_WAY);
  if (name === undefined || NO_BARE_NAMES.some((list) => words.has(list, name))) return false;
  if (more && !words.has('articles', more) && !words.has('name_ends', more)) return false;
  const isByTheWay = !more && told.length > 1;
  if (!isByTheWay && !/^\p{Lu}[\p{L}\p{N}'’]*\p{Ll}/u.test(name.written)) return false;
  return !words.classes.some(({ choice }) => choice.words.some(({ key }) => key === name.key));
}
