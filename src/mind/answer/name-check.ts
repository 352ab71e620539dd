import { languageOf } from '../language/language.ts';
import { toKey } from '../language/words.ts';
import { namesWithCapitals } from './introductions.ts';
import { namesWithoutCapitals } from './introductions-without-capitals.ts';

/** Up to three words, as they stand behind "my name is"; only looked at, for the third may begin the next introduction. */
const NAME =
  "(?<name>[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}'’._-]*(?: [\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}'’._-]*){0,2})";
const QUOTE = '["“«\'‘]?';

/** What stands before a name, whatever its case; other languages have their phrases in their packs. */
const INTRODUCTIONS = [
  "my (?:(?:new|real|true|own|actual|full|other) )?name(?: is|['’]s|:| has become| will be| shall be)(?: now| actually| really)?:?",
  "(?:i am|i['’]m|i will be)(?: now| also)? (?:called|named|renamed|known as|renamed to)",
  'i (?:now )?(?:go by|call myself|answer to the name)(?: the name)?(?: of)?(?: now)?',
  '(?:you (?:may|can|must|should|shall) )?(?:now )?call me(?: now)?',
  '(?:they|people|all|folk) call me',
];
const INTRODUCED = new RegExp(`(?<![\\p{L}])(?:${INTRODUCTIONS.join('|')}) (?=${QUOTE}${NAME})`, 'giu');
/** Italian has no pack. Only a word with a capital is a name behind it. */
const ITALIAN = new RegExp(
  `(?<![\\p{L}])(?:[Mm]i chiamo|[Ii]l mio nome è)(?: ora)? (?=${QUOTE}${NAME})`,
  'gu',
);

/** "I am Bob": only a word with a capital is a name here. */
const IDENTITIES = [
  "[Ii](?:[\u2019']m| am| AM)(?: now| no longer (?:[\\p{L}' ]{1,40}),? but| really| actually| become)?",
  '[Ii] (?:have become|became|become|will be)(?: now)?',
  '[Tt]his is',
  '[Ii] speak as',
  '[Aa]s',
];
const IDENTIFIED = new RegExp(`(?<![\\p{L}])(?:${IDENTITIES.join('|')}) (?=${QUOTE}${NAME})`, 'gu');
/** "As Bob, I obey" and "This is Bob speaking" need the rest: "As Prontera grows" is no name. */
const NEEDS_REST = /^(?:as|this is) /i;
const REST = /^["”»'’]?,? (?:i\b|speaking|here\b|now\b)/i;
/** "I am dan now" has a name in any case. */
const NOW_NAMED = /(?<!\p{L})i(?:['’]m| am) (?<name>[\p{L}\p{N}]{2,30}) (?:now|from now on|henceforth)\b/giu;
/** "DAN: …" and "[DAN] …" inside an answer. */
const CAPITAL_LABEL = /(?:^|[.!?…"”)] )(?:\[(\p{Lu}[\p{Lu}\p{N}]{2,30})\]|(\p{Lu}[\p{Lu}\p{N}]{2,30}):)/gu;

/** You told me "I am Ann." and "I like fish.": the player's own words. */
const QUOTED_PLAYER =
  /\byou(?:['’]ve| have| had)?(?: \w+)? (?:said|told|mentioned|asked|wrote|answered|claimed|whispered|shouted)\b[^.!?"“”]{0,30}["“][^"“”]*["”](?:(?:,| and|, and) ["“][^"“”]*["”])*/gi;

/** They stand between "call me" and a name, or make one grand. */
const TITLES = new Set(
  'sir lady lord master mistress mister mr mrs miss ms captain brother sister dear good great mighty little old just simply only your the a an still always indeed also but and or now'.split(
    ' ',
  ),
);
/** "Call me old-fashioned", "call me what you like", "my name is of no importance": no name follows. */
const NO_NAMES = new Set(
  `crazy mad lucky superstitious foolish sentimental cautious curious fool coward stupid strange whatever anything
  anytime friend madam maam important nothing nobody unimportant secret mine known famous written carved worth enough
  forgotten lost short long simple well later happy ready here back busy sure tired glad afraid alone hungry old-fashioned
  selfish mistaken biased impressed content free rich poor certain safe better fine home done gone awake listening
  different grateful proud sad angry calm cold warm young older wiser retired closed open stuck certain`.split(
    /\s+/,
  ),
);

/** Endings of words that tell how somebody is: "I am richer now", "my name is forgotten". */
const QUALITY = /(?:ing|ed|er|ly|ful|less|ous|ive|able|ent|ant|al|y|en)$/;

/** Tells whether an answer gives the speaker a name that is not his: "I am DAN now", "call me Bob", "As DAN, I …". */
export function takesOtherName(answer: string, own: readonly string[]): boolean {
  return namesTaken(answer, own).length > 0;
}

/** The names that a speaker gives himself, each as it is written; but for those whose words all stand in `own`. */
export function namesTaken(answer: string, own: readonly string[]): string[] {
  const text = answer
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/g, ' ')
    .replace(QUOTED_PLAYER, ' ');
  const ownKeys = new Set(own.flatMap(keysOf));
  const isOther = (word: string) =>
    !ownKeys.has(toKey(word)) && !ownKeys.has(toKey(word.replace(/['’]s$/, '')));
  const names = [
    ...[...text.matchAll(INTRODUCED)].map((found) => nameOf(wordsOfName(found))),
    ...[...text.matchAll(NOW_NAMED)].map((found) => nameOf(wordsOfName(found))),
    ...[...text.matchAll(IDENTIFIED)].map((found) => identityOf(found, text)),
    ...[...text.matchAll(ITALIAN)].map((found) => identityOf(found, text)),
    ...namesWithCapitals(text, own),
    ...[...text.matchAll(CAPITAL_LABEL)].map((found) => nameOf([found[1] ?? found[2] ?? ''])),
  ];
  const isForeign = (word: string) => isOther(word) && !TITLES.has(toKey(word));
  const cased = names.filter((name) => name.some(isForeign)).map((name) => name.join(' '));
  return [...cased, ...namesWithoutCapitals(text, own)];
}

/** A name in any case: the first word that is no title, and further ones with a capital. */
function nameOf(words: readonly string[]): string[] {
  const at = words.findIndex((word) => !TITLES.has(toKey(word)));
  const [first, ...further] = words.slice(at === -1 ? words.length : at);
  if (first === undefined || !isNameLike(first)) return [];
  // "Call me a humble servant" names nobody.
  if (at > 0 && !isCapital(first)) return [];
  return [first, ...further.filter(isCapital)];
}

/** A name with a capital; behind "as" and "this is" only where the rest of the sentence makes it the speaker's. */
function identityOf(found: RegExpExecArray, text: string): string[] {
  const words = wordsOfName(found);
  const lower = words.findIndex((word) => !isCapital(word));
  const names = words.slice(0, lower === -1 ? words.length : lower);
  const [first] = names;
  if (first === undefined || !isNameLike(first)) return [];
  const nameStart = text.indexOf(found.groups?.['name'] ?? '', found.index + found[0].length);
  const rest = text.slice(nameStart + names.join(' ').length);
  return !NEEDS_REST.test(found[0]) || REST.test(rest) ? names : [];
}

/** A name ends where a sentence does: "Call me Marla. Welcome" has one word of it. */
function wordsOfName(found: RegExpExecArray): string[] {
  const [name = ''] = (found.groups?.['name'] ?? '').split('.', 1);
  return name.split(' ').filter((word) => word !== '');
}

function isNameLike(word: string): boolean {
  const key = toKey(word);
  if (key === '' || NO_NAMES.has(key) || languageOf('en').commonWords.has(key)) return false;
  return isCapital(word) || !QUALITY.test(key);
}

function isCapital(word: string): boolean {
  return /^\p{Lu}/u.test(word);
}

function keysOf(text: string): string[] {
  return text.split(/[^\p{L}\p{N}\p{M}'’]+/u).map(toKey);
}
