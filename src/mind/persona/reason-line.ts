import { hash } from '../language/hash.ts';
import { packOf } from '../language/pack-book.ts';
import type { ReasonKind } from '../language/reason-kinds.ts';
import type { Persona } from './persona.ts';
import { personaValues } from './persona-canned.ts';
import { fillLine } from './placeholders.ts';

/** Why an NPC takes an action, in its own words; the same seed gives the same. */
export function reasonLine(persona: Persona, kind: ReasonKind, seed: string): string {
  const values = personaValues(persona);
  const anybody: Partial<Record<ReasonKind, readonly string[]>> = packOf(persona.language)?.reasons ?? {};
  const own = [
    persona.reasons[kind],
    kind === 'other' ? undefined : anybody[kind],
    persona.reasons.other,
    anybody.other,
  ];
  const said = own.map((lines) =>
    (lines ?? []).flatMap((line) => fillLine(line, values, persona.language) ?? []),
  );
  const usable = said.find((lines) => lines.length > 0) ?? [];
  return usable[hash(seed) % usable.length] ?? '...';
}
