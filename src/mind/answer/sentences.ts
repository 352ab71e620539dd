/**
 * Marks that end a sentence, with the quotes and brackets that close behind them; a CJK mark needs no space after it. A
 * row of marks is looked at once, from its beginning.
 */
const SENTENCE_END = /(?<![.!?…])[.!?…]+["'”’»)\]]*(?=\s|$)|[。！？]+[」』”’）]*/gu;
const ABBREVIATION = /(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|St|Jr|Sr|vs|e\.g|i\.e)\.$/;
/** "Ah!" alone answers nothing: a sentence end before this many characters is not worth losing the rest for. */
const SHORTEST_HEAD = 20;

/** The sentences of a text with the spaces behind them; joined they are the text. */
export function splitSentences(text: string): string[] {
  const ends = sentenceEnds(text).map((end) => end + text.slice(end).search(/\S|$/));
  const bounds = [0, ...ends, text.length];
  return bounds.map((end, at) => text.slice(bounds[at - 1] ?? 0, end)).filter((sentence) => sentence !== '');
}

/** At most so many characters (code points): up to the last sentence that fits, else to the last word, with an ellipsis. */
export function cutAtSentence(text: string, maxCharacters: number): string {
  const characters = [...text];
  if (characters.length <= maxCharacters) return text;
  const fitting = characters.slice(0, maxCharacters).join('');
  const end = lastSentenceEnd(text, fitting.length);
  if (end >= Math.min(SHORTEST_HEAD, maxCharacters / 4)) return text.slice(0, end);
  return cutAtWord(characters, maxCharacters);
}

/** What a model that was stopped in the middle had to say: without the sentence that it did not end. */
export function dropUnfinished(text: string): string {
  const trimmed = text.trimEnd();
  const end = lastSentenceEnd(trimmed, trimmed.length);
  if (end === trimmed.length) return trimmed;
  return end >= SHORTEST_HEAD ? trimmed.slice(0, end) : `${trimmed}…`;
}

function lastSentenceEnd(text: string, limit: number): number {
  return Math.max(0, ...sentenceEnds(text).filter((end) => end <= limit));
}

function sentenceEnds(text: string): number[] {
  return [...text.matchAll(SENTENCE_END)]
    .map((found) => found.index + found[0].length)
    .filter((end) => !ABBREVIATION.test(text.slice(Math.max(0, end - 6), end)));
}

function cutAtWord(characters: readonly string[], maxCharacters: number): string {
  const head = characters.slice(0, maxCharacters - 1).join('');
  // An accent that stands behind the cut belongs to the letter before it.
  const whole = /^\p{M}/u.test(characters[maxCharacters - 1] ?? '')
    ? head.replace(/\P{M}\p{M}*$/u, '')
    : head;
  const wordEnd = whole.lastIndexOf(' ');
  return `${(wordEnd > whole.length / 2 ? whole.slice(0, wordEnd) : whole).trimEnd()}…`;
}
