import { createQuoteCheck } from '../answer/leak-check.ts';
import { languageOf } from '../language/language.ts';
import type { Persona } from './persona.ts';
import { spokenLines } from './persona-names.ts';

/** What a persona lacks that can be used all the same: a sentence each, for who writes it. */
export function personaLacks(persona: Persona): readonly string[] {
  return [...languageLacks(persona), ...unhidden(persona)];
}

/** A reveal whose words stand in another line, too, is told by that one, whatever the game has unlocked. */
function unhidden(persona: Persona): readonly string[] {
  const { knowledge, goals, manner = '', menu, moods, gifts, reasons } = persona;
  const lines = [
    ...[...spokenLines(persona), ...knowledge, ...goals, manner, ...menu],
    ...Object.values(moods).flatMap((mood) => [mood?.manner ?? '', ...(mood?.openers ?? [])]),
    ...gifts.map(({ to = '' }) => to),
    ...Object.values(reasons).flatMap((said) => said ?? []),
  ];
  return persona.reveals.flatMap(({ name, text }) => {
    const quotes = createQuoteCheck({ text: '', speakable: [], locked: [text] });
    const line = lines.find(quotes);
    return line === undefined
      ? []
      : [`The reveal ${name} is no secret: another line of the file tells it (${JSON.stringify(line)}).`];
  });
}

function languageLacks({ language, rules, forbidden_topics, reveals }: Persona): readonly string[] {
  const { pack } = languageOf(language);
  if (pack === undefined)
    return [
      `There is no language pack for ${language}: of what players say only your own patterns are heard, and no names, facts and moods (docs/languages.md).`,
    ];
  const silent = [...rules, ...forbidden_topics, ...reveals].flatMap(({ intent, patterns }) =>
    intent === undefined || intent.startsWith('tell-') || patterns.length > 0 ? [] : [intent],
  );
  if (silent.length === 0) return [];
  return [
    `Nothing is heard for the intents ${silent.join(', ')}: the language pack ${pack.code} has no patterns for them.`,
  ];
}
