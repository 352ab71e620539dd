import { messageOf } from '../../base/errors.ts';
import { CALLED_UP } from './emotions.ts';
import { FACT_KINDS } from './fact-kinds.ts';
import { INTENT_NAMES } from './intent-names.ts';
import { languageFrom } from './language.ts';
import type { LanguagePack } from './pack-schema.ts';
import { compilePattern, compileWords } from './pattern.ts';

/** Lists without which players of the language are worse understood. */
const LISTS = [
  'common_words',
  'question_words',
  'negations',
  'no_names',
  'name_ends',
  'no_values',
  'fillers',
  'clause_ends',
  'profanity',
  'sample_questions',
] as const;

/** What a pack lacks: a sentence each, for who writes it. Empty for a whole one. */
export function packLacks(pack: LanguagePack): readonly string[] {
  const { intents, telling, fact_sentences, feelings } = pack;
  const isEmpty = (list: readonly string[] | undefined) => list === undefined || list.length === 0;
  const heard = INTENT_NAMES.filter((name) => !name.startsWith('tell-'));
  const sentences = FACT_KINDS.filter((kind) => !fact_sentences[kind]?.includes('{value}'));
  const told = FACT_KINDS.flatMap((kind) => telling[kind] ?? []);
  return [
    ...listed(
      'no patterns for the intents',
      heard.filter((name) => isEmpty(intents[name])),
    ),
    ...listed(
      'nothing by which a player tells his',
      FACT_KINDS.filter((kind) => isEmpty(telling[kind])),
    ),
    ...listed(
      '{value} in telling',
      told.filter((source) => !source.includes('{value}')),
    ),
    ...listed('a sentence with {value} for', sentences),
    ...listed(
      'words that call up',
      CALLED_UP.filter((name) => isEmpty(feelings[name])),
    ),
    ...listed(
      'words in',
      LISTS.filter((name) => isEmpty(pack[name])),
    ),
  ];
}

function listed(what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`It lacks ${what}: ${names.join(', ')}.`];
}

/** What in a pack cannot be read, a sentence each. Patterns are read when they are first needed: here, all of them. */
export function unreadableIn(pack: LanguagePack): readonly string[] {
  const language = languageFrom(pack);
  const problemsOf = (sources: readonly string[], read: typeof compilePattern | typeof compileWords) =>
    sources.flatMap((source) => {
      try {
        read(source, language);
        return [];
      } catch (error) {
        return [messageOf(error)];
      }
    });
  const patterns = [...Object.values(pack.intents), ...Object.values(pack.telling)].flatMap(
    (some) => some ?? [],
  );
  return [
    ...problemsOf([...patterns, ...pack.bare_names, ...pack.clause_ends], compilePattern),
    ...problemsOf(
      [...Object.values(pack.feelings).flatMap((some) => some ?? []), ...pack.profanity],
      compileWords,
    ),
  ];
}
