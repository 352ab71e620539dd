import type { Persona } from '../../mind/persona/persona.ts';
import { type Refusal, refuse } from './http-error.ts';

/**
 * Why these cannot be unlocked; undefined where the persona has all of them. One that it does not have is a slip of the pen,
 * and a player who was to be told something would never be told. The message counts it and does not repeat it: a script may
 * have put into it what a player typed.
 */
export function refusalOfReveals(
  names: readonly string[],
  { id, reveals }: Pick<Persona, 'id' | 'reveals'>,
): Refusal | undefined {
  const known = reveals.map(({ name }) => name);
  const at = names.findIndex((name) => !known.includes(name));
  if (at < 0) return undefined;
  const has = known.length === 0 ? 'It has none' : `It has ${known.join(', ')}`;
  return refuse(
    'bad_field',
    `The field reveals.${at} must be the name of a reveal of the persona ${id}. ${has} (docs/personas.md).`,
  );
}
