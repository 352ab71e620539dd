import type { Mark } from './marks.ts';

const SENTENCE_ENDED = /(?:^|[.!?…。！？"'”’»)\]*\n])$/u;
const SENTENCE_BEGINS = /^(?:$|[\n\p{Lu}\p{Lo}"“'«*([{<])/u;

export function closingOf({ name, end }: Mark, marks: readonly Mark[]): Mark | undefined {
  return marks.find((mark) => mark.start >= end && mark.side === 'close' && mark.name === name);
}

export function textBehind({ end }: Mark, text: string): string {
  return text.slice(end);
}

/** Within a sentence an element stresses a word; between two of them it holds something else. */
export function isBetweenSentences(mark: Mark, closing: Mark, text: string): boolean {
  const before = text.slice(0, mark.start).replace(/ +$/, '');
  return SENTENCE_ENDED.test(before.slice(-1)) && SENTENCE_BEGINS.test(textBehind(closing, text).trimStart());
}
