import { allPacks } from './pack-book.ts';
import type { LanguagePack } from './pack-schema.ts';

const scriptsOf = new WeakMap<LanguagePack, RegExp>();

/** Fits a letter of the scripts of a pack. */
export function scriptsIn(pack: LanguagePack): RegExp {
  const known =
    scriptsOf.get(pack) ?? new RegExp(`[${pack.scripts.map((one) => `\\p{Script=${one}}`).join('')}]`, 'u');
  scriptsOf.set(pack, known);
  return known;
}

/** The packs of languages whose script is in a text: where nobody knows its language, it is one of theirs. */
export function packsFor(text: string): readonly LanguagePack[] {
  return allPacks().filter((pack) => scriptsIn(pack).test(text));
}
