import { languageOf } from '../language/language.ts';
import type { Persona } from './persona.ts';

/** What a persona lacks that can be used all the same: a sentence each, for who writes it. */
export function personaLacks({ language, rules, forbidden_topics }: Persona): readonly string[] {
  const { pack } = languageOf(language);
  if (pack === undefined)
    return [
      `There is no language pack for ${language}: of what players say only your own patterns are heard, and no names, facts and moods (docs/languages.md).`,
    ];
  const silent = [...rules, ...forbidden_topics].flatMap(({ intent, patterns }) =>
    intent === undefined || intent.startsWith('tell-') || patterns.length > 0 ? [] : [intent],
  );
  if (silent.length === 0) return [];
  return [
    `Nothing is heard for the intents ${silent.join(', ')}: the language pack ${pack.code} has no patterns for them.`,
  ];
}
