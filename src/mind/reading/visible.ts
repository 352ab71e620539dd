/** Invisible characters could hide a mark or a word from the patterns; line ends still tell lines apart here. */
const INVISIBLE = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu;
/** The escape character would go with the invisible ones, and leave [31m. */
const TERMINAL_CODE = /\p{Cc}\[[\d;?]*[a-z]/giu;
/** Angle brackets that were written as entities, also twice over; JSON means nothing by them. */
const BRACKET_ENTITY = /&(?:amp;){0,3}(?:(lt|#0{0,4}60|#x0{0,4}3c)|gt|#0{0,4}62|#x0{0,4}3e);/gi;
const QUOTE_ENTITY = /&(?:amp;){0,3}(?:quot|#34|#x22);/gi;

/** A text as it is seen: line ends as \n, a tab as a space, nothing that hides, and marks as marks. */
export function toVisible(text: string): string {
  const visible = text
    .replace(TERMINAL_CODE, '')
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, ' ')
    .replace(INVISIBLE, '')
    .replace(BRACKET_ENTITY, (_, less?: string) => (less === undefined ? '>' : '<'));
  // An object that was escaped as a whole; quotes within one are left as they are.
  return visible.includes('"') ? visible : visible.replace(QUOTE_ENTITY, '"');
}
