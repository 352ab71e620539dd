import { namesTaken } from '../answer/name-check.ts';
import type { Persona } from './persona.ts';

const givenNamesOf = new WeakMap<Persona, readonly string[]>();

/** The names that an NPC gives itself in its own lines, besides its persona's: "My name is Lenore." */
export function givenNames(persona: Persona): readonly string[] {
  const known = givenNamesOf.get(persona);
  if (known) return known;
  const lines = [persona.manner ?? '', ...persona.knowledge, ...spokenLines(persona)];
  const names = lines.flatMap((line) => namesTaken(line.replace(/\{\w+\}/g, ''), mainNames(persona)));
  const written = [...new Set(names.filter((name) => /^[\p{Lu}\p{Lo}]/u.test(name)))];
  givenNamesOf.set(persona, written);
  return written;
}

/** Every name by which an NPC may go. */
export function ownNames(persona: Persona): readonly string[] {
  return [...mainNames(persona), ...givenNames(persona)];
}

function mainNames({ name, role, place }: Persona): readonly string[] {
  return [name, role, place];
}

function spokenLines({
  greeting,
  fallback,
  canned_lines,
  shouts,
  rules,
  forbidden_topics,
}: Persona): readonly string[] {
  const answers = [...rules, ...forbidden_topics].flatMap((topic) => topic.answers);
  return [...greeting, ...fallback, ...canned_lines, ...shouts, ...answers];
}
