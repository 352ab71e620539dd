import { isSameLanguage, languageOf } from '../language/language.ts';
import type { Persona } from './persona.ts';

/** A file such as sage-of-prontera.th.yaml: the NPC of another file in another language. */
const TRANSLATED = /^(?<base>.+)\.(?<code>[a-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3})$/;
/** Prontera is a name in every language of the Latin script; "these parts" is English. */
const PLACE_NAME = /^\p{Lu}[\p{Script=Latin}'’-]*$/u;

/** The persona whose file this one may translate, and into what; undefined for a file of its own. */
export function translatedFrom(id: string): { readonly base: string; readonly code: string } | undefined {
  const { base, code } = TRANSLATED.exec(id)?.groups ?? {};
  return base === undefined || code === undefined ? undefined : { base, code };
}

/** Whether a persona is one of these in another language: its file says so, and so does its language. */
export function isTranslation({ id, language }: Persona, ids: ReadonlySet<string>): boolean {
  const from = translatedFrom(id);
  return from !== undefined && ids.has(from.base) && isSameLanguage(from.code, language);
}

const dressed = new WeakMap<Persona, Map<Persona, Persona>>();

/** The neutral persona of a language in an NPC's stead: at its place, where that is a name in this language too. */
export function standIn(neutral: Persona, npc: Persona): Persona {
  const { pack } = languageOf(neutral.language);
  if (pack?.scripts.includes('Latin') !== true || !PLACE_NAME.test(npc.place)) return neutral;
  const known = dressed.get(neutral) ?? new Map<Persona, Persona>();
  dressed.set(neutral, known);
  const one = known.get(npc) ?? { ...neutral, place: npc.place };
  // A file that changes is another persona: what was made of the old ones is let go.
  if (known.size > 1_000) known.clear();
  known.set(npc, one);
  return one;
}

/** The persona that speaks for an NPC in a language; its own where nobody has words in that one. */
export function speakerOf(
  persona: Persona,
  language: string,
  personas: { find(npcId: string | null, language?: string): Persona },
): Persona {
  if (isSameLanguage(persona.language, language)) return persona;
  const found = personas.find(persona.id, language);
  return isSameLanguage(found.language, language) ? found : persona;
}
