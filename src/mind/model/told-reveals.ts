import type { Secret } from '../answer/leak-check.ts';
import type { Persona } from '../persona/persona.ts';
import { sortReveals } from '../persona/reveals.ts';
import type { PlayerLine } from '../talk/mind.ts';

type Asked = Pick<PlayerLine, 'persona' | 'reveals' | 'recollection'>;

/**
 * What the rules of the data say of it. They are the same for all talks with a persona, whatever is unlocked, and those of
 * a persona that has no secrets are as short as before.
 */
export function revealRule({ reveals }: Persona): string {
  return reveals.length === 0
    ? ''
    : ', "may_tell" what the character knows besides and may tell this player now, where he asks for it';
}

/** Only what is unlocked, in the words of the file: the prompt knows of no other. */
export function toldReveals({ persona, reveals }: Asked): readonly string[] | undefined {
  const { open } = sortReveals(persona, reveals);
  return open.length === 0 ? undefined : open.map(({ text }) => text);
}

/** With what is locked. What the NPC has said to this player before, it may say to him again. */
export function withLocked(secret: Secret, { persona, reveals, recollection }: Asked): Secret {
  const locked = lockedTexts([persona], reveals);
  if (locked.length === 0) return secret;
  const said = recollection.turns.map(({ answered }) => answered);
  return { ...secret, locked, speakable: [...secret.speakable, ...said] };
}

/** Of those who speak, what they may not tell now: all, where nothing is unlocked. */
export function lockedTexts(personas: readonly Persona[], reveals?: readonly string[]): readonly string[] {
  return personas.flatMap((persona) => sortReveals(persona, reveals).locked.map(({ text }) => text));
}
