import { allPacks } from './pack-book.ts';
import type { LanguagePack } from './pack-schema.ts';

const scriptsOf = new WeakMap<LanguagePack, RegExp>();

/** The packs of languages whose script is in a text: where nobody knows its language, it is one of theirs. */
export function packsFor(text: string): readonly LanguagePack[] {
  return allPacks().filter((pack) => {
    const known = scriptsOf.get(pack);
    const scripts = known ?? new RegExp(`[${pack.scripts.map((one) => `\\p{Script=${one}}`).join('')}]`, 'u');
    if (!known) scriptsOf.set(pack, scripts);
    return scripts.test(text);
  });
}
