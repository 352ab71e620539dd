import { hash } from '../language/hash.ts';
import type { Persona } from './persona.ts';
import { fillLine } from './placeholders.ts';

/**
 * What an NPC says when it must not think: in a cooldown, over the budget, with all NPCs switched off. The same seed
 * (such as the player's id and message) gives the same line; it is never empty and has at most 400 characters.
 */
export function cannedLine(persona: Persona, seed: string | number): string {
  const values = personaValues(persona);
  const said = [persona.canned_lines, persona.fallback].map((lines) =>
    lines.flatMap((line) => fillLine(line, values, persona.language) ?? []),
  );
  const usable = said.find((lines) => lines.length > 0) ?? [];
  return usable[hash(String(seed)) % usable.length] ?? '…';
}

/** What every line may say of the NPC itself. */
export function personaValues({ name, role, place }: Persona): Map<string, string> {
  return new Map([
    ['name', name],
    ['role', role],
    ['place', place],
  ]);
}
