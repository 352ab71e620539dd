import { keyIn, type Spelt, toWordSet } from './keys.ts';
import { packCodeOf, packOf } from './pack-book.ts';
import type { LanguagePack } from './pack-schema.ts';
import { isRun } from './script.ts';

/** What the offline brain knows of a language: how people spell its words in a chat, and which words carry no topic. */
export interface Language extends Spelt {
  /** The code of its pack, such as en; empty where there is none, and patterns are matched as they are typed. */
  readonly code: string;
  readonly pack: LanguagePack | undefined;
  /** What is typed (as it is compared) → the words that patterns are written in. */
  readonly spellings: ReadonlyMap<string, string>;
  readonly hasRunSpellings: boolean;
  /** Words that an answer never takes up as the topic of a question. */
  readonly commonWords: ReadonlySet<string>;
  /** Words before a noun that are left out of what a pattern captures. */
  readonly articles: ReadonlySet<string>;
  /** What may stand behind a word and belongs not to it, the longest first. */
  readonly particles: readonly string[];
  readonly particleSet: ReadonlySet<string>;
  /** Words and endings that follow a name and belong not to it. */
  readonly nameEnds: ReadonlySet<string>;
  /** Words that begin a question, also where nobody types its mark. */
  readonly questionWords: ReadonlySet<string>;
  /** "Not afraid" calls up nothing. */
  readonly negations: ReadonlySet<string>;
  /** Words that point back to what was spoken of. */
  readonly pointing: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/** For languages without a pack. */
const OTHER: Language = {
  code: '',
  pack: undefined,
  hasAccents: true,
  spellings: new Map(),
  hasRunSpellings: false,
  commonWords: NONE,
  articles: NONE,
  particles: [],
  particleSet: NONE,
  nameEnds: NONE,
  questionWords: NONE,
  negations: NONE,
  pointing: NONE,
};

const byPack = new WeakMap<LanguagePack, Language>();
const byCode = new Map<string, { readonly pack: LanguagePack | undefined; readonly language: Language }>();

/** A language by its code, such as en or en-GB. */
export function languageOf(code: string): Language {
  const pack = packOf(code);
  const known = byCode.get(code);
  if (known && known.pack === pack) return known.language;
  const language = pack === undefined ? OTHER : (byPack.get(pack) ?? languageFrom(pack));
  if (pack !== undefined) byPack.set(pack, language);
  // Codes come from requests: a few dozen are real.
  if (byCode.size < 1_000) byCode.set(code, { pack, language });
  return language;
}

/** Whether two codes are one language here, such as en and en-GB. */
export function isSameLanguage(one: string, other: string): boolean {
  return one === other || (packCodeOf(one) ?? one) === (packCodeOf(other) ?? other);
}

/** A language by its pack alone. */
export function languageFrom(pack: LanguagePack): Language {
  const marks = { hasAccents: pack.accents };
  const keyed = (words: readonly string[]) => words.map((word) => keyIn(word, marks));
  const particles = keyed(pack.particles).toSorted((a, b) => b.length - a.length);
  return {
    code: pack.code,
    pack,
    ...marks,
    spellings: new Map(
      [...Object.entries(pack.borrowed), ...Object.entries(pack.spellings)].map(([typed, meant]) => [
        keyIn(typed, marks),
        meant,
      ]),
    ),
    hasRunSpellings: Object.keys(pack.spellings).some(isRun),
    commonWords: toWordSet(pack.common_words, marks),
    articles: toWordSet(pack.articles, marks),
    particles,
    particleSet: new Set(particles),
    nameEnds: toWordSet(pack.name_ends, marks),
    questionWords: toWordSet(pack.question_words, marks),
    negations: toWordSet(pack.negations, marks),
    pointing: toWordSet(pack.pointing, marks),
  };
}
