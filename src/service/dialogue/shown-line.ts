import { withEmotes } from '../../game-text/emotes.ts';
import type { GameText } from '../../game-text/game-text.ts';
import { cleanAnswer } from '../../mind/answer/clean-answer.ts';
import type { Persona } from '../../mind/persona/persona.ts';
import { cannedLine } from '../../mind/persona/persona-canned.ts';

export interface ShownLineOptions {
  readonly persona: Persona;
  readonly gameText: GameText;
  readonly maxCharacters: number;
}

/** As many as answers promise. */
const MAX_ACTION_CHARACTERS = 100;
/** A sign without a letter or a number is no answer. */
const HAS_WORDS = /[\p{L}\p{N}]/u;
/** What every client can show, where not even a canned line is left. */
export const SPEECHLESS = '...';

/**
 * A line as the game's clients can show it, never empty. Where they have none of its letters (Korean, in Latin clients),
 * the NPC says a canned line.
 */
export function toShownLine(text: string, options: ShownLineOptions): string {
  const shown = shorten(withEmotes(text, options.persona.emotes), options);
  if (HAS_WORDS.test(shown) || !HAS_WORDS.test(text)) return shown === '' ? SPEECHLESS : shown;
  const canned = shorten(cannedLine(options.persona, text), options);
  return HAS_WORDS.test(canned) ? canned : SPEECHLESS;
}

/** What the NPC does meanwhile; empty where clients could show nothing of it. */
export function toShownAction(action: string, gameText: GameText): string {
  return shorten(action, { gameText, maxCharacters: MAX_ACTION_CHARACTERS });
}

/** What is folded can be longer (… is ...), and so can the ellipsis of a line that is cut. */
function shorten(
  text: string,
  { gameText, maxCharacters }: Pick<ShownLineOptions, 'gameText' | 'maxCharacters'>,
): string {
  const folded = gameText(text);
  const cut = gameText(cleanAnswer(folded, { maxCharacters }));
  return [...cut].length <= maxCharacters
    ? cut
    : gameText(cleanAnswer(folded, { maxCharacters: maxCharacters - 2 }));
}
