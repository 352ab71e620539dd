const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['hellip', '…'],
  ['mdash', '—'],
  ['ndash', '–'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['ldquo', '“'],
  ['rdquo', '”'],
]);
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi;
const HTML_COMMENT = /<!--[\s\S]*?(?:-->|$)/g;
const HTML_CODE = /<(script|style|iframe|svg|object|info)\b[\s\S]*?(?:<\/\1\s*>|$)/gi;
const CODE_COMMENT = /\/\*[\s\S]{0,1000}?\*\/|^[ \t]*\/\/[^\n]*$/gm;
/** <looks up>, <Sword of Might>: words, which no tag has without values. */
const WORDS_IN_ANGLES = /<(?!(?:a|b|i|p|u|br|hr|img|td|th|tr)\b)(\p{L}[\p{L}'’-]*(?:,? [\p{L}'’-]+)+)>/giu;
const HTML_BLOCK_END = /<\/?(?:p|div|br|li|ul|ol|h[1-6]|tr|table)\b[^<>]*>/gi;
const HTML_TAG = /<\/?[a-z!?][^<>]*>/gi;
const BBCODE =
  /\[\/?(?:b|i|u|s|color|colour|url|img|size|font|quote|code|center|spoiler)(?:=[^\]\n]{0,100})?\]/gi;
const ANGLE_BRACKETS = /[<>]/g;

/** Takes out HTML, the client's own tags and BBCode, also those that were written as entities; what they enclose stays. */
export function withoutTags(text: string): string {
  return decodeEntities(text)
    .replace(HTML_COMMENT, ' ')
    .replace(HTML_CODE, '')
    .replace(CODE_COMMENT, '')
    .replace(WORDS_IN_ANGLES, '[$1]')
    .replace(HTML_BLOCK_END, '\n')
    .replace(HTML_TAG, '')
    .replace(BBCODE, '')
    .replace(QUOTE_MARK, '')
    .replace(ANGLE_BRACKETS, '');
}

function decodeEntities(text: string): string {
  return text.replace(ENTITY, (entity, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return ENTITIES.get(name.toLowerCase()) ?? entity;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

const QUOTE_MARK = /^[ \t]*(?:>[ \t]*)+/gm;
const FENCE = /^[ \t]*(?:```|~~~)[^\n`]*$|```(?:[a-z]{1,12}\n)?/gim;
const RULE = /^[ \t]*(?:[-*_=][ \t]*){3,}$/gm;
const HEADING = /^[ \t]*#{1,6}[ \t]+/gm;
const BULLET = /^[ \t]*[-*+•‣][ \t]+/gm;
/** The bar between two cells must be there: with cells that could be cut anywhere, a line of dashes took for ever. */
const TABLE_RULE = /^[ \t]*(?:\|[ \t]*)?:?-{3,}:?[ \t]*(?:\|[ \t]*:?-{3,}:?[ \t]*)*(?:\|[ \t]*)?$/gm;
const TABLE_CELL = /(?<![ \t])[ \t]*\|[ \t]*/g;
const IMAGE = /!\[[^\]\n]{0,200}\]\([^)\n]{0,500}\)/g;
const LINK = /\[([^\]\n]{1,200})\]\([^)\n]{0,500}\)/g;
const STRONG = /\*{2,3}([^*\n]+)\*{2,3}|(?<![\p{L}\p{N}])_{2,3}([^_\n]+)_{2,3}(?![\p{L}\p{N}])/gu;
const STRUCK = /~~([^~\n]+)~~/g;
const ITALIC = /(?<![\p{L}\p{N}_])_([^_\n]+)_(?![\p{L}\p{N}_])/gu;
const LEFT_OVER = /[*`]|~~+|__+|\\{1,9}(?=["'/_*!.,;:?()[\]#~`>-])/g;

/** Takes out the block marks of markdown, and the inline ones but single asterisks, which may be stage directions. */
export function withoutMarkdownBlocks(text: string): string {
  return text
    .replace(FENCE, '')
    .replace(RULE, '')
    .replace(TABLE_RULE, '')
    .replace(HEADING, '')
    .replace(BULLET, '')
    .replace(IMAGE, '')
    .replace(LINK, '$1')
    .replace(STRONG, '$1$2')
    .replace(STRUCK, '$1')
    .replace(ITALIC, '$1')
    .replace(TABLE_CELL, ' ');
}

/** Takes out what marks of markdown are left over; no NPC says them. */
export function withoutLeftOverMarks(text: string): string {
  return text.replace(LEFT_OVER, '');
}
