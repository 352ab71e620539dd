import { namesTaken } from '../answer/name-check.ts';
import type { Persona } from './persona.ts';
import { sortReveals } from './reveals.ts';

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

/** Every name by which an NPC may go; one that only a reveal tells, where the game lets it be told. */
export function ownNames(persona: Persona, reveals: readonly string[] = []): readonly string[] {
  const { open } = sortReveals(persona, reveals);
  const revealed = open.flatMap(({ text }) => namesTaken(text, mainNames(persona)));
  return [...mainNames(persona), ...givenNames(persona), ...revealed];
}

function mainNames({ name, role, place }: Persona): readonly string[] {
  return [name, role, place];
}

/** What the NPC may say, word for word. */
export function spokenLines({
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
