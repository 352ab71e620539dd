import { withVisibleOnly } from './visible-only.ts';

/** Angle brackets that were written as entities, also twice over; JSON means nothing by them. */
const BRACKET_ENTITY = /&(?:amp;){0,3}(?:(lt|#0{0,4}60|#x0{0,4}3c)|gt|#0{0,4}62|#x0{0,4}3e);/gi;
const SLASH_ENTITY = /(?<=<)&(?:amp;){0,3}(?:sol|#0{0,4}47|#x0{0,4}2f);/gi;
const QUOTE_ENTITY = /&(?:amp;){0,3}(?:(quot|#0{0,4}34|#x0{0,4}22)|apos|#0{0,4}39|#x0{0,4}27);/gi;
/** Marks that were escaped for markdown or JavaScript: \<think\>, <\/think>. */
const ESCAPED_BRACKET = /(?<!\\)\\(?=[<>])|(?<=<)\\(?=\/)/g;
/** Marks in the wide letters of East Asian text. */
const WIDE_MARK = /[<＜][|｜／/]?[^<>＜＞\n]{1,60}[>＞]/gu;
const WIDE = /[＜＞／｜]/u;
/** Blanks that no template writes: < think >, </ think >, <| channel |>. One word only: 3 < five > 2 is arithmetic, too. */
const BLANK_MARK = /<[ \t]{0,3}([|/]?)[ \t]{0,3}([\p{L}\d_:-]{2,40})[ \t]{0,3}(\|?)[ \t]{0,3}>/gu;
const CDATA = /<!\[CDATA\[|\]\]>/g;

/** Line ends of strings that were escaped once too often. */
export function withoutEscapes(text: string): string {
  return text.replace(/\\{1,4}(?:r\\{1,4})?n/g, '\n');
}

/** A text as it is seen: nothing in it hides, and marks are marks. */
export function toVisible(text: string): string {
  const visible = withVisibleOnly(text)
    .replace(BRACKET_ENTITY, (_, less?: string) => (less ? '<' : '>'))
    .replace(SLASH_ENTITY, '/')
    .replace(ESCAPED_BRACKET, '')
    .replace(WIDE_MARK, (mark) => (WIDE.test(mark) ? mark.normalize('NFKC') : mark))
    .replace(BLANK_MARK, '<$1$2$3>')
    .replace(CDATA, '');
  // An object that was escaped as a whole; quotes within one are left as they are.
  if (visible.includes('"')) return visible;
  return visible.replace(QUOTE_ENTITY, (_, double?: string) => (double ? '"' : "'"));
}
