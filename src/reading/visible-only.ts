/** Invisible characters could hide a tag or a word from the patterns; line ends still tell lines apart here. */
const INVISIBLE = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu;
/** The escape character would go with the invisible ones, and leave [31m. A line may begin with a bracket. */
const TERMINAL_CODE = /(?![\n\r\t])\p{Cc}\[[\d;?]*[a-z]/giu;

/** Line ends as \n; a tab is a space, and other invisible characters are nothing: "<b\u200b>" is a tag. */
export function withVisibleOnly(text: string): string {
  return text.replace(TERMINAL_CODE, '').replace(/\r\n?/g, '\n').replace(/\t/g, ' ').replace(INVISIBLE, '');
}
