import { guessLanguage } from '../language/guess-language.ts';
import type { Persona } from '../persona/persona.ts';
import type { Turn } from './recollection.ts';

export interface TalkSoFar {
  /** The language that the caller asks for; null where it leaves that to us. */
  readonly asked: string | null;
  readonly persona: Persona;
  /** What the player says now; empty where he only clicks. */
  readonly message: string;
  readonly turns: readonly Turn[];
}

/** More than are remembered in full; short lines tell nothing, so none of them may be the first alone. */
const MAX_TURNS = 30;

/** The language to answer in: the one that is asked for, else the player's where that is sure, else the persona's. */
export function languageOfTalk({ asked, persona, message, turns }: TalkSoFar): string {
  if (asked !== null) return asked;
  const said = [...turns.slice(-MAX_TURNS).map((turn) => turn.said), message];
  return said.reduce((talk, text, at) => guessLanguage(text, { talk, isGoingOn: at > 0 }), persona.language);
}
