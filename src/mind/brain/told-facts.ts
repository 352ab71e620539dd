import { languageOf } from '../language/language.ts';
import { bestBearing, topicKeys } from './bearing.ts';
import { isPlainTalk, utteranceOf } from './utterance.ts';

/** Longer ones would be the whole answer. */
const MAX_CHARACTERS = 120;
/** "Ana has brought …" is "you have brought …" to Ana. */
const VERBS: ReadonlyMap<string, string> = new Map([
  ['has', 'have'],
  ['is', 'are'],
  ['was', 'were'],
  ['does', 'do'],
]);

export interface FactsAsked {
  readonly facts: readonly string[];
  readonly language: string;
  /** What he is called to whom the NPC speaks: by himself, and in the game. None where nobody knows. */
  readonly names: readonly string[];
}

/** What of the facts the message is about, as it can stand within a sentence. Only their names have in common is not enough. */
export function factAbout(message: string, { facts, language, names }: FactsAsked): string | undefined {
  const ofNames = new Set(names.flatMap((name) => [...topicKeys(name, language)]));
  const keys = new Set([...topicKeys(message, language)].filter((key) => !ofNames.has(key)));
  const found = bestBearing(speakable(facts, language), keys, language).texts.at(-1);
  return found === undefined ? undefined : toClause(found, { language, names });
}

/** What the NPC was told last. */
export function lastFact({ facts, language, names }: FactsAsked): string | undefined {
  const found = speakable(facts, language).at(-1);
  return found === undefined ? undefined : toClause(found, { language, names });
}

/** A fact may hold what a player typed: no insult, no markup and no order comes from the mouth of an NPC. */
export function speakable(facts: readonly string[], language: string): readonly string[] {
  return facts.filter((fact) => {
    const { tone } = utteranceOf(fact, language);
    return fact.length <= MAX_CHARACTERS && isPlainTalk(fact) && tone !== 'rude' && tone !== 'meddling';
  });
}

function toClause(fact: string, { language, names }: Pick<FactsAsked, 'language' | 'names'>): string {
  const clause = fact.trim().replace(/[.!?…\s]+$/u, '');
  const isEnglish = languageOf(language).articles.size > 0;
  // Names in the game may have blanks in them.
  const isOfHim = (name: string) => name !== '' && clause.toLowerCase().startsWith(`${name.toLowerCase()} `);
  const name = isEnglish ? names.find(isOfHim) : undefined;
  if (name === undefined) return clause;
  const [verb = '', ...rest] = clause.slice(name.length + 1).split(' ');
  return ['you', VERBS.get(verb.toLowerCase()) ?? verb, ...rest].join(' ');
}
