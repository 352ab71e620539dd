import { type Language, languageOf } from './language.ts';
import { compilePattern, type Pattern } from './pattern.ts';

export { INTENT_NAMES } from './intent-names.ts';

const compiled = new WeakMap<Language, Map<string, readonly Pattern[]>>();

/** The patterns of an intent; undefined in a language that has no pack. None where the pack has none of it. */
export function intentPatterns(name: string, code: string): readonly Pattern[] | undefined {
  const language = languageOf(code);
  if (language.pack === undefined) return undefined;
  const known = compiled.get(language) ?? new Map<string, readonly Pattern[]>();
  compiled.set(language, known);
  const sources: readonly string[] = language.pack.intents[name] ?? [];
  const patterns = known.get(name) ?? sources.map((source) => compilePattern(source, language));
  known.set(name, patterns);
  return patterns;
}
