import type { Persona } from '../../mind/persona/persona.ts';
import { strangerAmong } from '../../mind/persona/reveals.ts';
import { type Refusal, refuse } from './http-error.ts';

/**
 * Why these cannot be unlocked; undefined where the persona has all of them. The message counts a stranger and does not repeat
 * it: a script may have put into it what a player typed.
 */
export function refusalOfReveals(
  names: readonly string[],
  persona: Pick<Persona, 'id' | 'reveals'>,
): Refusal | undefined {
  const stranger = strangerAmong(names, persona);
  if (stranger === undefined) return undefined;
  return refuse(
    'bad_field',
    `The field reveals.${stranger.at} must be the name of a reveal of the persona ${persona.id}. It has ${stranger.has} (docs/personas.md).`,
  );
}
