const FENCE = /^[ \t]*(?:```|~~~)[ \t]*\w{0,12}[ \t]*$|```(?:json)?/gim;

/** A text without the fences of code around it or its parts. */
export function withoutFences(text: string): string {
  return text.replace(FENCE, '');
}
