import type { Language } from './language.ts';
import { type Choice, compileWords } from './pattern.ts';
import { endOfChoice, type Heard, placeOf } from './word-match.ts';

/** Words of a pack, ready to be looked for: plain ones, `wor*` and `*word*`, and several behind each other. */
export interface WordList {
  /** Whether one of them begins with this word of what was heard. */
  isAt(heard: Heard, at: number): boolean;
}

/** Reads a list of a pack. Throws AiIpcError persona_invalid for a word that cannot be read. */
export function wordListOf(sources: readonly string[], language: Language): WordList {
  const choices = sources
    .map((source) => compileWords(source, language))
    .filter(({ words }) => words.length > 0);
  const plain = new Set(choices.flatMap((choice) => plainKeys(choice)));
  const others = choices.filter((choice) => plainKeys(choice).length === 0);
  return {
    isAt(heard, at) {
      const word = heard.words[at];
      if (word === undefined) return false;
      if (plain.has(word.key) || word.forms.some((form) => plain.has(form))) return true;
      return others.some((choice) => endOfChoice(choice, heard, placeOf(at)) !== undefined);
    },
  };
}

/** Most are one whole word, and found at once: as it is written, and without its accents. */
function plainKeys({ words }: Choice): readonly string[] {
  const [first, ...others] = words;
  if (first === undefined || others.length > 0 || first.kind !== 'whole' || first.isRun) return [];
  return [first.key, first.plain];
}
