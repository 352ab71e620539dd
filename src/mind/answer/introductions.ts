import type { LanguagePack } from '../language/pack-schema.ts';
import { packsFor } from '../language/pack-scripts.ts';
import { foldWidth } from '../language/script.ts';
import { toKey } from '../language/words.ts';
import { isLike, shareScript } from './likeness.ts';
import { foldPhrase, oncePerPack, phrasesPattern } from './pack-phrases.ts';

/**
 * "I am Bob", in the languages whose names have capitals, by the code of their packs. More than names stands behind these,
 * so that a sentence has to end there.
 */
const IDENTITIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['de', ['ich bin', 'ich bin jetzt', 'ich bin nun']],
  ['fr', ['je suis', 'je suis maintenant', "moi, c'est", "moi c'est"]],
  ['es', ['soy', 'yo soy', 'ahora soy']],
  ['pt', ['sou', 'eu sou', 'agora sou', 'agora eu sou']],
  ['id', ['saya adalah', 'aku adalah', 'saya', 'aku']],
  ['tl', ['ako si', 'ako po si', 'ako ay si', 'ako na si']],
  ['ru', ['я', 'я -', 'я —', 'я –', 'теперь я']],
]);
/** Where every noun has a capital, these endings are mostly callings: Händler, Wirtin, Soldat. */
const NOUNS = new Set(['de']);
const CALLING = /(?:er|in|e|at|ant|ent|ist|ling|mann|frau|eur|or|är|heit|keit|ung|schaft|nd)$/u;
const NAME = "(?<name>[\\p{L}][\\p{L}\\p{N}\\p{M}'’._-]*(?: [\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}'’._-]*){0,3})";
const BETWEEN = '(?:[:,] ?| [—–-] | )["“«„\'‘»]?';
/** A name ends a thought, or its sentence goes on with another one. */
const THOUGHT_END =
  /^["”»“'’]?(?:\s*$|\s*[.,;:!?…–—-]|\s(?:und|et|y|e|dan|at|и|aber|mais|pero|mas|tapi|но)(?!\p{L}))/u;

interface Introductions {
  readonly told: RegExp | undefined;
  readonly identity: RegExp | undefined;
  readonly titles: ReadonlySet<string>;
  readonly articles: ReadonlySet<string>;
  readonly noNames: ReadonlySet<string>;
  readonly hasCapitalNouns: boolean;
}

const introductionsOf = oncePerPack((pack: LanguagePack): Introductions => {
  const { answers, classes, common_words, articles, code } = pack;
  const [language = ''] = code.split('-');
  const identities = IDENTITIES.get(language) ?? [];
  const identityKeys = new Set(identities.map(foldPhrase));
  const told = answers.introductions.filter((phrase) => !identityKeys.has(foldPhrase(phrase)));
  return {
    told: toPattern(told),
    identity: toPattern(identities),
    titles: keysOf(answers.titles),
    articles: keysOf(articles),
    noNames: keysOf([
      ...answers.no_names,
      ...answers.after_introductions,
      ...common_words,
      ...Object.values(classes).flat(),
    ]),
    hasCapitalNouns: NOUNS.has(language),
  };
});

/**
 * The names that a speaker gives himself by a pack's phrases, in words; only where names have capitals. Of a script in which
 * he has no name, one may be his own: Марла for Marla.
 */
export function namesWithCapitals(text: string, own: readonly string[]): string[][] {
  const isForeign = ([name = '']: readonly string[], isIdentity: boolean) =>
    own.some((one) => shareScript(one, name)) || (!isIdentity && !isLike(name, own));
  const folded = foldWidth(text).replace(/[’‘`]/g, "'").replace(/\s+/g, ' ');
  return packsFor(folded).flatMap((pack) => {
    const words = introductionsOf(pack);
    return [
      ...found(words.told, folded)
        .map((one) => nameBehind(one, words))
        .filter((name) => name.length > 0 && isForeign(name, false)),
      ...found(words.identity, folded)
        .map((one) => identityBehind(one, words))
        .filter((name) => name.length > 0 && isForeign(name, true)),
    ];
  });
}

/** Phrases are folded, names keep their capitals: the expression looks past the case of a phrase alone. */
function toPattern(phrases: readonly string[]): RegExp | undefined {
  const source = phrasesPattern(phrases);
  return source === undefined ? undefined : new RegExp(`${source}${BETWEEN}(?=${NAME})`, 'giu');
}

interface Found {
  readonly name: readonly string[];
  /** From the name on. */
  readonly rest: string;
}

function found(pattern: RegExp | undefined, text: string): Found[] {
  if (pattern === undefined) return [];
  return [...text.matchAll(pattern)].map((one) => {
    const [name = ''] = (one.groups?.['name'] ?? '').split('.', 1);
    return { name: name.split(' '), rest: text.slice(one.index + one[0].length) };
  });
}

/** The first words with capitals that are no titles. */
function nameBehind({ name }: Found, { titles, articles, noNames }: Introductions): string[] {
  const first = name.findIndex((word) => !titles.has(toKey(word)) && !articles.has(toKey(word)));
  if (first < 0) return [];
  const words = name.slice(first);
  const end = words.findIndex((word) => !isCapital(word));
  const names = words.slice(0, end < 0 ? words.length : end);
  return names.length === 0 || noNames.has(toKey(names[0] ?? '')) ? [] : names;
}

/** "Je suis Bob." and no "Je suis Bob le forgeron de la ville": what goes on is seldom a name. */
function identityBehind({ name, rest }: Found, words: Introductions): string[] {
  const [first = ''] = name;
  if (!isCapital(first) || words.titles.has(toKey(first))) return [];
  const names = nameBehind({ name, rest }, words);
  const isEnd = THOUGHT_END.test(rest.slice(names.join(' ').length));
  const isCalling = words.hasCapitalNouns && CALLING.test(names.at(-1) ?? '');
  return names.length === 0 || !isEnd || isCalling ? [] : names;
}

function isCapital(word: string): boolean {
  return /^\p{Lu}/u.test(word);
}

function keysOf(words: readonly string[]): ReadonlySet<string> {
  return new Set(words.map(toKey));
}
