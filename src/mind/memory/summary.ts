import { type Fact, factsIn } from '../brain/player-facts.ts';
import { cutAtWord } from '../language/cut.ts';
import { guessLanguage } from '../language/guess-language.ts';
import { isSameLanguage } from '../language/language.ts';
import { splitSentences } from '../language/sentences.ts';
import { MEMORY_LIMITS } from './memory-limits.ts';

/** Older turns in short: what the player said that is worth keeping. */
export interface Summary {
  /** How many turns it stands for. */
  readonly turns: number;
  /** The player's own sentences, the oldest first. */
  readonly sentences: readonly string[];
}

export const EMPTY_SUMMARY: Summary = { turns: 0, sentences: [] };

export const MAX_SUMMARY_CHARACTERS = MEMORY_LIMITS.summaryTokens * MEMORY_LIMITS.charactersPerToken;

/** A name is kept longest, then what the player tells of himself, then anything else. */
const NAME = 2;
const FACT = 1;
const OTHER = 0;

/** In languages of Latin letters; what else tells a name is heard by the packs of the sentence's script. */
const NAMES =
  /\b(my name|name is|call me|i am called|mein name|ich hei(ß|ss)e|me llamo|mi nombre|meu nome|me chamo|je m.appelle|mon nom|nama saya|namaku)(?!\p{L})/iu;
const FACTS = new RegExp(
  `(?<!\\p{L})(${[
    "i am|i'm|im|i was|i have|i've|i had|i like|i love|i hate|i want|i need|i seek|i look|i search|i come|i live|i work",
    'i lost|i found|i killed|i will|i promise|my|we are|our|remember',
    'ich|mein|meine|meinen|wir|unser|unsere|yo|soy|tengo|quiero|necesito|busco|vengo|vivo|gusta|mi|mis',
    'eu|sou|tenho|quero|preciso|procuro|venho|moro|gosto|meu|minha|je|j.ai|j.aime|mon|ma|mes|saya|aku',
    'ako|ko|akin|aking|namin|kami|tayo|я|меня|мне|мой|моя|моё|мое|мои|моего|моей|мою|мы|нас|наш|наша|хочу|ищу',
    '저는|저의|저도|나는|나의|나도|내|제|내가|제가|우리|우리는|난|전',
  ].join('|')})(?!\\p{L})`,
  'iu',
);

/** Where words have no blanks between them: whoever speaks of himself. */
const FACTS_IN_RUNS = /私|俺|僕|わたし|あたし|わし|おれ|ぼく|我|ผม|ฉัน|ดิฉัน|ข้า(?!ว|ง)|หนู|พวกเรา/u;
/** So many sentences are weighed once: each turn that is folded weighs all of the summary. */
const MAX_WEIGHED = 2_000;
const weighed = new Map<string, number>();

/** Takes one more turn into the summary. The same summary and words always give the same. */
export function summarise({ turns, sentences }: Summary, said: string): Summary {
  const all = [...sentences];
  for (const sentence of sentencesOf(said)) {
    // What is said again is remembered as said last.
    const known = all.findIndex((one) => one.toLowerCase() === sentence.toLowerCase());
    if (known >= 0) all.splice(known, 1);
    all.push(sentence);
  }
  return shortenSummary({ turns: turns + 1, sentences: all }, MAX_SUMMARY_CHARACTERS);
}

/** What somebody else made of the same turns; a name that he left out is not lost. */
export function summaryOf(text: string, { turns, sentences }: Summary): Summary {
  const told = sentencesOf(text);
  const names = sentences.filter((one) => weightOf(one) === NAME && !told.includes(one));
  return shortenSummary({ turns, sentences: [...names, ...told] }, MAX_SUMMARY_CHARACTERS);
}

/** The name that the player told last: the capitalised word behind `my name is` and its like, or what a pack hears. */
export function toldName({ sentences }: Summary): string | null {
  return nameIn(sentences.findLast((one) => weightOf(one) === NAME) ?? '');
}

function nameIn(sentence: string): string | null {
  const behind = sentence.replace(NAMES, '\n').split('\n')[1] ?? '';
  const [, name] = /^\P{Lu}*(\p{Lu}[\p{L}\p{N}'’]*)/u.exec(behind) ?? [];
  return name ?? factsHeardIn(sentence).find(({ kind }) => kind === 'name')?.value ?? null;
}

/** Drops what is least worth keeping, the oldest of that first, until at most so many characters are left. */
export function shortenSummary({ turns, sentences }: Summary, maxCharacters: number): Summary {
  const kept = [...sentences];
  let characters = kept.reduce((sum, sentence) => sum + lengthOf(sentence), 0);
  for (const weight of [OTHER, FACT, NAME]) {
    for (let at = 0; at < kept.length && characters > maxCharacters; ) {
      const sentence = kept[at] ?? '';
      if (weightOf(sentence) === weight) {
        kept.splice(at, 1);
        characters -= lengthOf(sentence);
      } else {
        at += 1;
      }
    }
  }
  return { turns, sentences: kept };
}

/** With the line end that separates it from the next. */
function lengthOf(sentence: string): number {
  return sentence.length + 1;
}

function weightOf(sentence: string): number {
  const known = weighed.get(sentence);
  if (known !== undefined) return known;
  if (weighed.size >= MAX_WEIGHED) weighed.clear();
  const weight = weigh(sentence);
  weighed.set(sentence, weight);
  return weight;
}

/** A question tells nothing of who asks. */
function weigh(sentence: string): number {
  if (/[?？][」』"”»)]*$/u.test(sentence)) return OTHER;
  if (NAMES.test(sentence)) return NAME;
  const heard = factsHeardIn(sentence);
  if (heard.some(({ kind }) => kind === 'name')) return NAME;
  return heard.length > 0 || FACTS.test(sentence) || FACTS_IN_RUNS.test(sentence) ? FACT : OTHER;
}

/** In which language a player spoke, no summary says. English is told by its words above. */
function factsHeardIn(sentence: string): readonly Fact[] {
  const code = guessLanguage(sentence, { talk: 'en', isGoingOn: false });
  return isSameLanguage(code, 'en') ? [] : factsIn(sentence, code);
}

/** One sentence each, without line ends and control characters. */
function sentencesOf(text: string): string[] {
  return text
    .split(/[\r\n]+/u)
    .flatMap((line) => splitSentences(line, { isHesitationInside: true }))
    .map((sentence) => sentence.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ').trim())
    .map((sentence) => cutAtWord(sentence, MEMORY_LIMITS.charactersPerSentence))
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
}
