import { headOf } from '../language/cut.ts';
import type { PlayerLine, Situation } from '../talk/mind.ts';
import { textOf } from '../talk/situation-text.ts';
import { estimateTokens } from './estimate.ts';

/** Control characters and what is not seen, such as the tag letters that spell hidden orders. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]+/gu;
/**
 * Marks of chat templates, such as <|im_start|> and [INST]: many servers read them as the end of the message wherever
 * they stand. As JSON escapes they are text again.
 */
const TEMPLATE_MARK = /<|\[(?=\/?[A-Z_]{2})/g;

/** JSON keeps every quote and line end inside its text: nothing that a player says can end the data. */
export function toData(value: Readonly<Record<string, unknown>>): string {
  const visible = JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'string' ? one.replace(INVISIBLE, ' ') : one,
  );
  return visible.replace(TEMPLATE_MARK, (mark) => (mark === '<' ? '\\u003c' : '\\u005b'));
}

/** {"1": …, "2": …}: a model chooses by number, and a number and its text are half the tokens of an object for each. */
export function numbered(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(texts.map((text, at) => [at + 1, text]));
}

export function shorten(text: string, maxCharacters: number): string {
  return text.length > maxCharacters ? `${headOf(text, maxCharacters)}…` : text;
}

/** As many of the first texts as there is place for, none of them cut. */
export function firstOf(texts: readonly string[], maxTokens: number): string[] {
  let left = maxTokens;
  return texts.filter((text) => {
    left -= estimateTokens(text);
    return left >= 0;
  });
}

/** A third of the tokens of an object, and it changes with each step. */
export function toPlace({ map, x, y }: NonNullable<PlayerLine['location']>): string {
  return x === null || y === null ? map : `${map} ${x},${y}`;
}

/** The facts of a situation, as they are where they are short enough. */
export function toSituation(context: Situation['context'], maxCharacters: number): unknown {
  if (typeof context === 'string') return shorten(context, maxCharacters);
  const text = jsonOf(context);
  // Nested too deep to be written as it is: its keys and values, one after the other.
  if (text === undefined) return shorten(textOf(context), maxCharacters);
  return text.length > maxCharacters ? shorten(text, maxCharacters) : context;
}

/** Undefined where the nesting overflows the stack: JSON.parse reads deeper than JSON.stringify writes, least with a replacer. */
function jsonOf(context: object): string | undefined {
  try {
    // As toData will write it.
    return JSON.stringify(context, (_, one: unknown) => one);
  } catch {
    return undefined;
  }
}
