import { cutAtWord } from './cut.ts';
import { saysAsMuchAs } from './fullness.ts';

/**
 * A row of marks that may end a sentence in any script (Unicode knows which do; an ellipsis is none of them), then what
 * closes behind it. « Bonjour. » has a blank within its quotes.
 */
const MARKS =
  /(?<marks>[\p{Sentence_Terminal}…⋯]+)(?<closers>["'”’“‘»›«‹)\]」』）】》〉］]*)(?<spaced>[ \u00a0\u202f][»›](?!\p{L}))?/gu;
/** 。 and its like need no blank behind them. */
const OF_ITS_OWN = /[^.!?…⋯]/u;
const ELLIPSIS = /^(?:[…⋯]+|\.{2,})$/u;
/** ASCII quotes open as well as close: behind 。 they close only before a blank. */
const ASCII_CLOSERS = /["'“‘«‹]+$/;
const CASELESS =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー\\p{Script=Thai}\\p{Script=Hangul}';
const CASELESS_AT_END = new RegExp(`[${CASELESS}]\\p{M}*$`, 'u');
const CASELESS_AT_START = new RegExp(`^[${CASELESS}]`, 'u');

/** A dot behind one of these ends nothing. Only what is no word of its own: "Er" and "im" end sentences, "Fr" may. */
const ABBREVIATION =
  /(?<![\p{L}\p{M}\p{N}])(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Sra|Srta|Dra|Sto|vs|e\.g|i\.e|p\. ?ex|Hr|Mme|Mlle|bzw|ca|evtl|ggf|Ud|Uds|Exmo|Bpk|Yth|Gng|тыс|руб|ул|гр|тов|св)\.$/u;
/** "z. B.", "S. 12", "т. е.", "J. Smith": one letter, unless it is a word with which sentences end. */
const INITIAL = /(?<![\p{L}\p{M}\p{N}'’-])(?![IiЯяÉéÈè])[\p{Script=Latin}\p{Script=Cyrillic}]\p{M}*\.$/u;
/** "Nr. 5": no end before a number. */
const BEFORE_NUMBER = /(?<![\p{L}\p{M}\p{N}])(?:Nr|No|Lv|Lvl|Art|Abb|Kap|Bd|Vol|pp|pág|núm|стр|гл|hlm)\.$/iu;
/** The longest of these with what stands before it. */
const LONGEST_ABBREVIATION = 10;

/** Thai ends a sentence with a blank, and knows blanks within one; behind these words it is an end. */
const THAI_POLITE = /(?:ครับ|ครับผม|ค่ะ|คะ|จ้ะ|จ๊ะ|จ้า|ขอรับ|นะ|เถอะ|หรอก)$/u;
const THAI_BLANK = /(?<=\p{Script=Thai})(?<![ๆฯ]) +(?=\p{Script=Thai})(?![ๆฯ])/gu;
/** A line's end behind letters without case: where there are capitals, a line may be wrapped within a sentence. */
const LINE_END = new RegExp(`(?<=[${CASELESS}]\\p{M}{0,3})[ \\t]*\\n`, 'gu');

/** "Ah!" alone answers nothing: a sentence end that comes before so much was said is not worth losing the rest for. */
const SHORTEST_HEAD = 20;

export interface SplitOptions {
  /** "My name is⋯⋯ Bob" stays in one: whoever hesitates has not ended. False by default. */
  readonly isHesitationInside?: boolean;
}

/** The sentences of a text with the spaces behind them; joined they are the text. */
export function splitSentences(text: string, { isHesitationInside = false }: SplitOptions = {}): string[] {
  const found = [...endsIn(text), ...thaiEnds(text, true), ...lineEnds(text)];
  const ends = found
    .filter(({ isHesitation }) => !(isHesitationInside && isHesitation))
    .map(({ end }) => end + text.slice(end).search(/\S|$/))
    .toSorted((one, other) => one - other);
  const bounds = [0, ...ends, text.length];
  return bounds.map((end, at) => text.slice(bounds[at - 1] ?? 0, end)).filter((sentence) => sentence !== '');
}

/** At most so many characters (code points): up to the last sentence that fits, else to the last word, with an ellipsis. */
export function cutAtSentence(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const characters = [...text];
  if (characters.length <= maxCharacters) return text;
  const fitting = characters.slice(0, maxCharacters).join('');
  const head = text.slice(0, lastEnd([...endsIn(text), ...thaiEnds(text, true)], fitting.length));
  if (saysAsMuchAs(head, Math.max(1, Math.min(SHORTEST_HEAD, maxCharacters / 4)))) return head;
  return cutAtWord(text, maxCharacters);
}

/** What a model that was stopped in the middle had to say: without the sentence that it did not end. */
export function dropUnfinished(text: string): string {
  const trimmed = text.trimEnd();
  const ends = [...endsIn(trimmed), ...thaiEnds(trimmed, true)];
  const end = lastEnd(ends, trimmed.length);
  if (end === trimmed.length) return trimmed;
  const heads = [end, lastEnd(thaiEnds(trimmed, false), trimmed.length)].map((at) => trimmed.slice(0, at));
  return heads.find((head) => saysAsMuchAs(head, SHORTEST_HEAD)) ?? `${trimmed}…`;
}

interface End {
  readonly end: number;
  /** An ellipsis: who hesitates may go on. */
  readonly isHesitation: boolean;
}

function lastEnd(ends: readonly End[], limit: number): number {
  return ends.reduce((last, { end }) => (end <= limit ? Math.max(last, end) : last), 0);
}

function endsIn(text: string): End[] {
  return [...text.matchAll(MARKS)].flatMap((found) => endOf(found, text));
}

function endOf({ index, groups }: RegExpExecArray, text: string): End[] {
  const { marks = '', closers = '', spaced = '' } = groups ?? {};
  const markEnd = index + marks.length;
  const end = markEnd + closers.length + spaced.length;
  const next = text.slice(end, end + 2);
  const isBeforeBlank = next === '' || /^\s/u.test(next);
  if (isBeforeBlank && !isAbbreviation(text, markEnd)) return [{ end, isHesitation: /^[…⋯]+$/u.test(marks) }];
  if (OF_ITS_OWN.test(marks)) {
    return [{ end: end - (ASCII_CLOSERS.exec(closers)?.[0].length ?? 0), isHesitation: false }];
  }
  const isAmongCaseless = CASELESS_AT_END.test(text.slice(Math.max(0, index - 4), index));
  if (!isAmongCaseless || isBeforeBlank || marks === '.') return [];
  const isHesitation = ELLIPSIS.test(marks);
  return isHesitation || CASELESS_AT_START.test(next) ? [{ end, isHesitation }] : [];
}

function isAbbreviation(text: string, markEnd: number): boolean {
  const word = text.slice(Math.max(0, markEnd - LONGEST_ABBREVIATION), markEnd);
  if (ABBREVIATION.test(word) || INITIAL.test(word)) return true;
  return BEFORE_NUMBER.test(word) && /^ ?\p{N}/u.test(text.slice(markEnd, markEnd + 2));
}

function thaiEnds(text: string, isPoliteOnly: boolean): End[] {
  return [...text.matchAll(THAI_BLANK)]
    .filter(({ index }) => !isPoliteOnly || THAI_POLITE.test(text.slice(Math.max(0, index - 8), index)))
    .map(({ index }) => ({ end: index, isHesitation: false }));
}

function lineEnds(text: string): End[] {
  return [...text.matchAll(LINE_END)].map(({ index }) => ({ end: index, isHesitation: false }));
}
