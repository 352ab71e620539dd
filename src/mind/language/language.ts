/** What the offline brain knows of a language: how people spell its words in a chat, and which words carry no topic. */
export interface Language {
  /** What is typed (lower case, no apostrophes) → the words that patterns are written in. */
  readonly spellings: ReadonlyMap<string, readonly string[]>;
  /** Words that an answer never takes up as the topic of a question. */
  readonly commonWords: ReadonlySet<string>;
  /** Words before a noun that are left out of what a pattern captures. */
  readonly articles: ReadonlySet<string>;
  /** Words that begin a question, also where nobody types its mark. */
  readonly questionWords: ReadonlySet<string>;
}

const ENGLISH_SPELLINGS = `
whats: what is, wheres: where is, whos: who is, hows: how is, whens: when is, thats: that is, theres: there is,
heres: here is, im: i am, ive: i have, id: i would, youre: you are, youve: you have, theyre: they are, hes: he is,
shes: she is, dont: do not, doesnt: does not, didnt: did not, cant: can not, cannot: can not, couldnt: could not,
wont: will not, wouldnt: would not, shouldnt: should not, isnt: is not, arent: are not, wasnt: was not,
havent: have not, lets: let us, u: you, ya: you, ur: your, r: are, pls: please, plz: please, thx: thanks,
thnx: thanks, tnx: thanks, ty: thanks, tysm: thanks, thankyou: thanks, gonna: going to, wanna: want to,
gotta: have to, gimme: give me, wat: what, wut: what, wot: what, lvl: level, lv: level, lvls: levels,
leveling: level, levelling: level, exp: experience, xp: experience, pot: potion, pots: potions,
favourite: favorite, colour: color, swordsman: swordman, pron: prontera, geff: geffen, payo: payon, moro: morocc,
morroc: morocc, aldeb: aldebaran, ro: ragnarok
`;

const ENGLISH_COMMON_WORDS = `
about above after again against all also always am an and another any anybody anyone anything anyway are around as at
away back be because been before being below best better between both but by came can come could did do does doing
done down each else enough even ever every everyone everything far few find first for from get getting give given go
goes going gone good got great had has have having he hello help her here hers hey him his how however i if in into is
it its just keep kind know known last least less let like little long look lot made make many may maybe me mean might
mine more most much must my name need never new next nice no nobody none not nothing now of off often oh ok okay old on
once one only onto or other our ours out over own people perhaps place please put quite rather really right said same
say see seem seen shall she should show since so some somebody someone something soon sorry still such sure take talk
tell than thank thanks that the their them then there these they thing things think this those though through time to
today together tonight too toward tried try under until up upon us use used very want wanted was way we well went were
what whatever when where which while who whole whose why will wise with without would yeah year years yes yet you your
yours yourself sage please believe understand speak thought happen happens happened mister sir hear heard true false luck lucky fine called guess stuff kinda actually probably
`;

const ENGLISH_QUESTION_WORDS =
  'what where who whose whom which when why how do does did is are am was were can could will would should shall may have has had tell';

const ENGLISH: Language = {
  spellings: toSpellings(ENGLISH_SPELLINGS),
  commonWords: new Set(ENGLISH_COMMON_WORDS.trim().split(/\s+/)),
  articles: new Set(['a', 'an', 'the']),
  questionWords: new Set(ENGLISH_QUESTION_WORDS.split(' ')),
};

/** For languages without a table here: patterns are matched as they are typed. */
const OTHER: Language = {
  spellings: new Map(),
  commonWords: new Set(),
  articles: new Set(),
  questionWords: new Set(),
};

/** The tables of a language by its code, such as en or en-GB. */
export function languageOf(code: string): Language {
  return code === 'en' || code.startsWith('en-') ? ENGLISH : OTHER;
}

function toSpellings(table: string): ReadonlyMap<string, readonly string[]> {
  const entries = table
    .trim()
    .split(/,\s*/)
    .map((entry) => entry.split(':'));
  return new Map(entries.map(([typed = '', meant = '']) => [typed.trim(), meant.trim().split(' ')]));
}
