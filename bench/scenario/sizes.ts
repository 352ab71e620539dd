/** What somebody typed; his own error, so without a stack. */
export class SizeError extends Error {}

const WHOLE_NUMBER = /^\d{1,9}$/;

/**
 * The numbers behind the name of a benchmark, such as `npm run bench -- burst 1000 10`, in the order of `defaults`; what is left
 * out is as it stands there. A 0 is taken only where the default is one. Throws where a word is something else.
 */
export function sizesOf<Name extends string>(
  defaults: Readonly<Record<Name, number>>,
  words: readonly string[] = process.argv.slice(3),
): Readonly<Record<Name, number>> {
  const names = Object.keys(defaults) as Name[];
  if (words.length > names.length) throw new SizeError(`Too many words: there is ${names.join(', ')}.`);
  const sizes: Record<Name, number> = { ...defaults };
  for (const [at, name] of names.entries()) {
    const word = words[at];
    if (word !== undefined) sizes[name] = sizeFrom(word, { name, least: Math.min(1, defaults[name]) });
  }
  return sizes;
}

/** A number, and as many more as are given: `npm run bench -- many-workers 20000 1 2 4`. */
export function sizeAndList(
  defaults: { readonly size: number; readonly list: readonly number[] },
  words: readonly string[] = process.argv.slice(3),
): { readonly size: number; readonly list: readonly number[] } {
  const [size = defaults.size, ...list] = words.map((word) => sizeFrom(word, { name: 'a size', least: 1 }));
  return { size, list: list.length === 0 ? defaults.list : list };
}

function sizeFrom(word: string, { name, least }: { readonly name: string; readonly least: number }): number {
  if (WHOLE_NUMBER.test(word) && Number(word) >= least) return Number(word);
  throw new SizeError(`"${word}" is no whole number from ${least} on. It stands in the place of: ${name}.`);
}
