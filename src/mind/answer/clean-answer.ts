import { cutAtSentence } from '../language/sentences.ts';

/** A dialogue box of the game shows about this much; longer answers are cut at a sentence. */
export const MAX_ANSWER_CHARACTERS = 400;

/** A client takes ^ and six hex digits as a colour, wherever they come from; a caret left over could make a new one. */
const COLOR_CODES = /\^[0-9a-f]{6}|\^nItemID\^\d*|\^/gi;
/** Control, format (zero-width, bidirectional), lone surrogate, private and unassigned characters, and line ends. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]+/gu;
/** Two combining marks write any language; a stack of them paints over the lines above. */
const STACKED_MARKS = /(\p{M}{2})\p{M}+/gu;
const SPACES = /\s+/gu;

/**
 * What may be shown to a player: one line, no colour codes, no control characters, at most `maxCharacters` characters
 * (400 unless told), ended at a sentence. It takes authors at their word: a persona's line may hold the client's own
 * tags, such as <NAVI>. What a model says goes through cleanModelAnswer.
 */
export function cleanAnswer(
  text: string,
  { maxCharacters = MAX_ANSWER_CHARACTERS }: { readonly maxCharacters?: number } = {},
): string {
  const clean = text
    .replace(COLOR_CODES, '')
    .replace(UNPRINTABLE, ' ')
    .replace(STACKED_MARKS, '$1')
    .replace(SPACES, ' ')
    .trim();
  return cutAtSentence(clean, maxCharacters);
}
