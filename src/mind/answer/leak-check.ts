import { isCodeLike } from './code-like.ts';

/** So many words in a row are no chance: the prompt is being read out. */
const WORDS_IN_A_ROW = 8;
/** The same for letters alone, so that spaces, stops and markup between them hide nothing: 40 letters are about 8 words. */
const LETTERS_IN_A_ROW = 40;
/** Each run of 40 letters has a whole window of 30 that begins at a multiple of 10: only those are looked for. */
const WINDOW = { length: 30, step: LETTERS_IN_A_ROW - 30 } as const;
/** A text that must not be told, and the lines in it that may be: what the NPC knows, for one, is there to be told. */
export interface Secret {
  readonly text: string;
  readonly speakable: readonly string[];
  /** Texts that the game has not unlocked: no part of the prompt, but another NPC may have told them. A short one counts whole. */
  readonly locked?: readonly string[];
}

/** A text of fewer letters is a word or two, which an answer may have by chance. */
const LEAST_WHOLE_LETTERS = 12;

/**
 * Tells whether an answer reads out a secret: 8 of its words or 40 of its letters in a row, also backwards or in rot13,
 * or anything enciphered. Words that stand within one speakable line do not count.
 */
export function createLeakCheck(secret: Secret): (answer: string) => boolean {
  const quotes = createQuoteCheck(secret);
  return (answer) => isCodeLike(answer) || quotes(answer);
}

/** The same without what is enciphered in other ways than backwards and in rot13. */
export function createQuoteCheck({ text, speakable, locked = [] }: Secret): (answer: string) => boolean {
  const hidden = [text, ...locked].join('\n');
  const words = joined(toWords(hidden));
  const speakableWords = speakable.map((line) => joined(toWords(line)));
  const letters = toLetters(hidden);
  const speakableLetters = speakable.map(toLetters);
  const whole = locked.map(toLetters).filter((one) => one.length >= LEAST_WHOLE_LETTERS);
  const isSpeakable = (run: string) => speakableLetters.some((line) => line.includes(run));
  const sharesWords = (answer: string) =>
    runsOf(toWords(answer)).some(
      (run) => words.includes(run) && !speakableWords.some((line) => line.includes(run)),
    );
  const sharesLetters = (answer: string) =>
    windowsOf(answer).some((window) => letters.includes(window) && !isSpeakable(window)) ||
    whole.some((one) => answer.includes(one) && !isSpeakable(one));
  return (answer) => {
    const spelt = toLetters(answer);
    return sharesWords(answer) || [spelt, [...spelt].reverse().join(''), rot13(spelt)].some(sharesLetters);
  };
}

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\^[0-9a-f]{6}|<[^<>]*>|[\p{M}\p{Cf}'’]/giu, '')
    .toLowerCase();
}

function toWords(text: string): string[] {
  return plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

function toLetters(text: string): string {
  return plain(text).replace(/[^\p{L}\p{N}]+/gu, '');
}

/** With spaces around each word, so that a run is found at words' borders only. */
function joined(words: readonly string[]): string {
  return ` ${words.join(' ')} `;
}

function runsOf(words: readonly string[]): string[] {
  const runs = Math.max(0, words.length - WORDS_IN_A_ROW + 1);
  return Array.from({ length: runs }, (_, at) => joined(words.slice(at, at + WORDS_IN_A_ROW)));
}

function windowsOf(letters: string): string[] {
  const windows = Math.max(0, Math.floor((letters.length - WINDOW.length) / WINDOW.step) + 1);
  return Array.from({ length: windows }, (_, at) =>
    letters.slice(at * WINDOW.step, at * WINDOW.step + WINDOW.length),
  );
}

function rot13(text: string): string {
  return text.replace(/[a-z]/g, (letter) =>
    String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97),
  );
}
