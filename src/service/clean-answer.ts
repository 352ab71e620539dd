/** A dialogue box of the game shows about this much; longer answers are cut at a sentence. */
export const MAX_ANSWER_CHARACTERS = 400;

/** A client takes ^ and six hex digits as a colour, wherever they come from; a caret left over could make a new one. */
const COLOR_CODES = /(?:\^[0-9a-f]{6})|\^/gi;
/** Control, format (zero-width, bidirectional), lone surrogate, private and unassigned characters, and line ends. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]+/gu;
/** Two combining marks write any language; a stack of them paints over the lines above. */
const STACKED_MARKS = /(\p{M}{2})\p{M}+/gu;
const SPACES = /\s+/gu;

/** What may be shown to a player: one line, no colour codes, no control characters, at most 400 characters. */
export function cleanAnswer(text: string): string {
  const clean = text
    .replace(COLOR_CODES, '')
    .replace(UNPRINTABLE, ' ')
    .replace(STACKED_MARKS, '$1')
    .replace(SPACES, ' ')
    .trim();
  return cut(clean);
}

function cut(text: string): string {
  const characters = [...text];
  if (characters.length <= MAX_ANSWER_CHARACTERS) return text;
  const head = characters.slice(0, MAX_ANSWER_CHARACTERS - 1).join('');
  const sentenceEnd = Math.max(head.lastIndexOf('. '), head.lastIndexOf('! '), head.lastIndexOf('? '));
  // A sentence that ends in the first half would lose too much of the answer.
  if (sentenceEnd > head.length / 2) return head.slice(0, sentenceEnd + 1);
  const wordEnd = head.lastIndexOf(' ');
  return `${wordEnd > head.length / 2 ? head.slice(0, wordEnd) : head}…`;
}
