import { type Language, languageOf } from '../language/language.ts';
import { matchPattern } from '../language/matcher.ts';
import { compilePattern, type Pattern } from '../language/pattern.ts';
import { toWords, type Word } from '../language/words.ts';

/** What a player may tell of himself. */
export type FactKind =
  | 'name'
  | 'home'
  | 'class'
  | 'level'
  | 'guild'
  | 'likes'
  | 'dislikes'
  | 'seeks'
  | 'plans';

export interface Fact {
  readonly kind: FactKind;
  /** As it is said back to the player: "my dog" has become "your dog". At most 40 characters. */
  readonly value: string;
  /** How many words of the message told it, for comparison with a pattern's score. */
  readonly score: number;
}

const ENGLISH_TELLING: readonly (readonly [FactKind, string])[] = [
  [
    'name',
    '(my name is|my names|my name was|the name is|call me|i am called|i am known as|people call me|they call me|everyone calls me|friends call me)',
  ],
  [
    'guild',
    '(my guild is called|my guild is|i am in the guild|i am from the guild|i belong to the guild|member of the guild|leader of the guild|i lead the guild)',
  ],
  [
    'home',
    '(i come from|i came from|i am from|i hail from|i live in|i was born in|i grew up in|my home is|my hometown is|my home town is|my village is)',
  ],
  [
    'level',
    '(i am|i am now|i am only|i am just|i am still|i am already|i am a|i am at|i have reached|i reached|i just reached|i finally reached|i hit|i just hit|i got to|i am now at|my) (level|level is)',
  ],
  [
    'likes',
    '(i like|i love|i adore|i enjoy|i really like|i really love|i also like|i also love|i am fond of|i am a fan of|i do like|i mostly like)',
  ],
  ['likes', 'my favorite {thing} (is|are)'],
  [
    'dislikes',
    '(i hate|i dislike|i fear|i despise|i detest|i really hate|i also hate|i do not like|i do not really like|i can not stand|i can not bear|i am afraid of|i am scared of)',
  ],
  [
    'seeks',
    '(i am|i am here|i am still|i am also|i am just|i am currently|i was|we are) (looking for|searching for|hunting for|hunting|seeking|after)',
  ],
  [
    'seeks',
    '(i look for|i search for|i search|i seek|i hunt for|i need|i want|i really need|i really want|i still need|i also need|i am here for|i lost|i have lost|i am missing|we need|i would like)',
  ],
  [
    'plans',
    '(i want to|i wanted to|i would like to|i wish to|i hope to|i plan to|i intend to|i am planning to|i am trying to|i am going to|i dream of|my plan is to|my goal is to|my dream is to|my wish is to)',
  ],
];

const ENGLISH_CLASSES = `
novice, super novice, swordman, mage, magician, archer, thief, merchant, acolyte, knight, crusader, wizard, sage, hunter,
bard, dancer, assassin, rogue, blacksmith, alchemist, priest, priestess, monk, lord knight, paladin, high wizard, professor,
sniper, clown, minstrel, gypsy, assassin cross, stalker, whitesmith, mastersmith, creator, biochemist, high priest, champion,
taekwon, star gladiator, soul linker, gunslinger, ninja, rune knight, royal guard, warlock, sorcerer, ranger, wanderer,
guillotine cross, shadow chaser, mechanic, genetic, arch bishop, sura
`;
const CLASSES = ENGLISH_CLASSES.trim()
  .split(/,\s*/)
  .map((name) => name.split(' '))
  .sort((a, b) => b.length - a.length);
const IS_OF_CLASS = '(i am|i became|i have become|i just became|i am now|i play|my class is|my job is)';

/** A fact ends where another thought begins. */
const CLAUSE_END =
  /[.!?;,:()"\n…]+|\s[-–—]\s|\b(?:but|because|though|although)\b|\b(?:and|so|then|while|when|if)\s+(?=(?:i|im|i['’]m|ive|i['’]ve|my|you|your|what|where|how|can|could|do|please)\b)/i;
/** "My name is not important", "call me later", "I need help": said often, and nothing to remember. */
const NO_NAME = words(
  'not no nobody nothing none unknown secret what the a an your my of none maybe later back when if please whatever anything to',
);
const NAME_END = words('and but from i who what where how nice is so please then or in by too now sir with');
const NO_VALUE = words(
  'it that this these those you him her them me us to know ask help something nothing anything everything some someone anyone more yes no not what how when where why a an the your advice answers information talk leave go die sleep',
);
const FILLERS = words(
  'too also now please sir today btw though anyway lot much very so well here tonight friend man dude really a the some any most right you',
);
const MIRRORED: ReadonlyMap<string, string> = new Map([
  ['my', 'your'],
  ['mine', 'yours'],
  ['me', 'you'],
  ['i', 'you'],
  ['myself', 'yourself'],
  ['our', 'your'],
  ['we', 'you'],
  ['us', 'you'],
  ['am', 'are'],
  ['your', 'my'],
  ['yours', 'mine'],
  ['you', 'me'],
]);
const MAX_VALUE_WORDS = 6;
const MAX_VALUE_CHARACTERS = 40;
const MAX_NAME_WORDS = 3;

const telling = ENGLISH_TELLING.map(([kind, source]) => ({ kind, pattern: fromStart(source) }));
/** What the phrases above begin with: most words begin none, and are not tried. */
const FIRST_WORDS = words('my the call i people they everyone friends member leader we');
const isOfClass = fromStart(IS_OF_CLASS);

/** What a message tells of the player, in the order in which it was said; nothing in a language without tables. */
export function factsIn(message: string, languageCode: string): Fact[] {
  const language = languageOf(languageCode);
  if (language !== languageOf('en')) return [];
  return message
    .slice(0, 2_000)
    .split(CLAUSE_END)
    .map((clause) => toWords(clause, language))
    .flatMap((clause) => [...factsInClause(clause), ...classIn(clause), ...bareNameIn(clause, language)]);
}

function factsInClause(clause: readonly Word[]): Fact[] {
  const found = clause.flatMap(({ key }, start) =>
    (FIRST_WORDS.has(key) ? telling : []).flatMap(({ kind, pattern }) => {
      const told = restAfter(pattern, clause.slice(start));
      const value = told && valueFor(kind, told.rest);
      return value ? [{ kind, value, score: told.score }] : [];
    }),
  );
  // "I want to" begins like "I want": the one that names more words is meant.
  const best = Math.max(0, ...found.map(({ score }) => score));
  return found.filter(({ score }) => score === best).slice(0, 1);
}

function restAfter(
  pattern: Pattern,
  clause: readonly Word[],
): { rest: readonly Word[]; score: number } | undefined {
  const match = matchPattern(pattern, clause);
  if (!match) return undefined;
  const captured = [...match.captures.values()]
    .join(' ')
    .split(' ')
    .filter((word) => word !== '').length;
  return { rest: clause.slice(match.score + captured), score: match.score + captured };
}

function valueFor(kind: FactKind, rest: readonly Word[]): string | undefined {
  if (kind === 'name') return nameFrom(rest);
  if (kind === 'level') return /^\d{1,3}$/.exec(rest[0]?.key ?? '')?.[0];
  const kept = rest.slice(0, MAX_VALUE_WORDS);
  while (kept.length > 0 && FILLERS.has(kept.at(-1)?.key ?? '')) kept.pop();
  if (kept.every(({ key }) => NO_VALUE.has(key))) return undefined;
  if (kind === 'plans' && NO_VALUE.has(kept[0]?.key ?? '')) return undefined;
  if (kind === 'seeks' && kept[0]?.key === 'to') return undefined;
  if (kind === 'home') return toProperName(kept);
  const value = kept.map(({ key, written }) => MIRRORED.get(key) ?? written).join(' ');
  return value.length <= MAX_VALUE_CHARACTERS ? value : undefined;
}

function nameFrom(rest: readonly Word[]): string | undefined {
  const end = rest.findIndex(({ key }) => NAME_END.has(key));
  const kept = rest.slice(0, Math.min(MAX_NAME_WORDS, end < 0 ? rest.length : end));
  const name = toProperName(kept);
  return kept.length === 0 || NO_NAME.has(kept[0]?.key ?? '') || name.length > 30 ? undefined : name;
}

/** Who types without capitals means them: payon is Payon. */
function toProperName(name: readonly Word[]): string {
  const written = name.map((word) => word.written).join(' ');
  return /^[\p{Ll}\s'’]+$/u.test(written)
    ? written.replace(/(?<=^|\s)\p{Ll}/gu, (letter) => letter.toUpperCase())
    : written;
}

/** "I am a level 50 Lord Knight": the longest class name among the words after "I am". */
function classIn(clause: readonly Word[]): Fact[] {
  for (let start = 0; start < clause.length; start++) {
    const isStart = FIRST_WORDS.has(clause[start]?.key ?? '');
    const told = isStart ? restAfter(isOfClass, clause.slice(start)) : undefined;
    if (!told) continue;
    const keys = told.rest.slice(0, 6).map(({ key }) => key);
    if (keys.includes('not') || keys.includes('no')) return [];
    const name = CLASSES.find((parts) =>
      keys.some((_, at) => parts.every((part, offset) => keys[at + offset] === part)),
    );
    if (name && !keys.includes('looking')) {
      return [{ kind: 'class', value: name.join(' '), score: told.score + name.length }];
    }
  }
  return [];
}

/** "I am Zoë", "im zed btw": without either, every "I am tired" would be a name. */
function bareNameIn(clause: readonly Word[], language: Language): Fact[] {
  const [first, second, name, more] = clause.filter(({ key }) => key !== 'btw');
  if (first?.key !== 'i' || second?.key !== 'am' || !name) return [];
  // "I am Bob the Knight", "I am Bob from Payon": what goes on otherwise is mostly no name.
  if (more && !['the', 'from'].includes(more.key)) return [];
  const isWithBtw = !more && clause.length > 3;
  const isName =
    (isWithBtw || /^\p{Lu}[\p{L}\p{N}'’]*\p{Ll}/u.test(name.written)) && !language.commonWords.has(name.key);
  const isClass = CLASSES.some((parts) => parts.includes(name.key));
  return isName && !isClass ? [{ kind: 'name', value: toProperName([name]), score: 3 }] : [];
}

function fromStart(source: string): Pattern {
  return compilePattern(`^ ${source}`, languageOf('en'));
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}
