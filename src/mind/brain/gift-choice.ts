import { languageOf } from '../language/language.ts';
import { matchPattern } from '../language/matcher.ts';
import { toKey, toWords } from '../language/words.ts';
import type { Persona } from '../persona/persona.ts';
import { leavesOf } from '../talk/situation-text.ts';
import { splitWords } from './situation.ts';

const GIVING = /^(?:give|gift|hand|grant|present|reward|donate)/;

/** An action that is to give something away. */
export function isGiving(action: string): boolean {
  return splitWords(action).some((word) => GIVING.test(word));
}

/**
 * Whether the NPC gives the thing that the situation names as its `item`: only where it is one of the persona's gifts, and
 * the words of the situation are what that gift is for. Undefined where no item is named.
 */
export function givesItem(
  { gifts, language }: Pick<Persona, 'gifts' | 'language'>,
  context: Readonly<Record<string, unknown>> | string,
): boolean | undefined {
  if (typeof context === 'string') return undefined;
  const leaves = leavesOf(context);
  const item = leaves.find(({ key }) => toKey(key) === 'item')?.value;
  if (item === undefined || item === null || item === '') return undefined;
  const meant = gifts.filter((gift) => toKey(gift.item) === toKey(String(item).trim()));
  const texts = leaves.filter(({ key }) => toKey(key) !== 'item').map(({ value }) => String(value ?? ''));
  return meant.some(({ patterns }) =>
    texts.some((text) => {
      const words = toWords(text, languageOf(language));
      return patterns.some((pattern) => matchPattern(pattern, words) !== undefined);
    }),
  );
}
