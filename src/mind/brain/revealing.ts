import { bestMatch, indexPatterns } from '../language/matcher.ts';
import type { Word } from '../language/words.ts';
import { type Reveal, sortReveals } from '../persona/reveals.ts';
import type { PlayerLine } from '../talk/mind.ts';
import { bestBearing, topicKeys } from './bearing.ts';
import type { Chosen } from './rule-choice.ts';

/** What the persona would answer without it. */
interface Usual {
  /** To how the player treats the NPC, or to what he tells of himself. */
  readonly isPersonal: boolean;
  readonly isVague: boolean;
}

/**
 * What the game lets this player know, and the message asks for: by its patterns, before whatever else there is; or by its
 * words, as a fact that a script told: once before the rules, and again where none of them is about the message.
 */
export function revealAbout(line: PlayerLine, words: readonly Word[], usual: Usual): Chosen | undefined {
  const { open } = sortReveals(line.persona, line.reveals);
  if (open.length === 0) return undefined;
  const asked = bestMatch(indexPatterns(open), words)?.rule ?? bearingReveal(open, line, usual);
  return asked && toChosen(asked);
}

function bearingReveal(
  open: readonly Reveal[],
  { message, persona, recollection }: PlayerLine,
  { isPersonal, isVague }: Usual,
): Reveal | undefined {
  if (isPersonal) return undefined;
  const texts = open.filter(({ patterns }) => patterns.length === 0).map(({ text }) => text);
  const [found] = bestBearing(texts, topicKeys(message, persona.language), persona.language).texts;
  if (found === undefined) return undefined;
  const isSaid = recollection.turns.some(({ answered }) => answered.includes(found));
  return isSaid && !isVague ? undefined : open.find(({ text }) => text === found);
}

function toChosen({ name, text }: Reveal): Chosen {
  const rule = { name, patterns: [], answers: [text], vague: false, when: {} };
  return { rule, captures: new Map(), reveal: name };
}
