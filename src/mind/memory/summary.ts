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

/** In the languages that most rAthena servers speak: en, de, es, pt, fr, id. */
const NAMES =
  /\b(my name|name is|call me|i am called|mein name|ich hei(ß|ss)e|me llamo|mi nombre|meu nome|me chamo|je m.appelle|mon nom|nama saya|namaku)(?!\p{L})/iu;
const FACTS = new RegExp(
  `(?<!\\p{L})(${[
    "i am|i'm|im|i was|i have|i've|i had|i like|i love|i hate|i want|i need|i seek|i look|i search|i come|i live|i work",
    'i lost|i found|i killed|i will|i promise|my|we are|our|remember',
    'ich|mein|meine|meinen|wir|unser|unsere|yo|soy|tengo|quiero|necesito|busco|vengo|vivo|gusta|mi|mis',
    'eu|sou|tenho|quero|preciso|procuro|venho|moro|gosto|meu|minha|je|j.ai|j.aime|mon|ma|mes|saya|aku',
  ].join('|')})(?!\\p{L})`,
  'iu',
);

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

/** The name that the player told last: the capitalised word behind `my name is` and its like. */
export function toldName({ sentences }: Summary): string | null {
  const told = sentences.findLast((one) => NAMES.test(one));
  const [, name] =
    /^\P{Lu}*(\p{Lu}[\p{L}\p{N}'’]*)/u.exec(told?.replace(NAMES, '\n').split('\n')[1] ?? '') ?? [];
  return name ?? null;
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

/** A question tells nothing of who asks. */
function weightOf(sentence: string): number {
  if (/[?？]$/u.test(sentence)) return OTHER;
  if (NAMES.test(sentence)) return NAME;
  return FACTS.test(sentence) ? FACT : OTHER;
}

/** One sentence each, without line ends and control characters. */
function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+|(?<=[。！？])|[\r\n]+/u)
    .map((sentence) => shorten(sentence.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()))
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
}

function shorten(sentence: string): string {
  const { charactersPerSentence } = MEMORY_LIMITS;
  const characters = [...sentence];
  if (characters.length <= charactersPerSentence) return sentence;
  const head = characters.slice(0, charactersPerSentence - 1).join('');
  const wordEnd = head.lastIndexOf(' ');
  return `${wordEnd > head.length / 2 ? head.slice(0, wordEnd) : head}…`;
}
