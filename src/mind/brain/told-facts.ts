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
  /** To whom the NPC speaks; undefined where nobody knows. */
  readonly player: string | undefined;
}

/** What of the facts the message is about, as it can stand within a sentence. Only their names have in common is not enough. */
export function factAbout(message: string, { facts, language, player }: FactsAsked): string | undefined {
  const names = topicKeys(player ?? '', language);
  const keys = new Set([...topicKeys(message, language)].filter((key) => !names.has(key)));
  const found = bestBearing(speakable(facts, language), keys, language).texts.at(-1);
  return found === undefined ? undefined : toClause(found, { language, player });
}

/** What the NPC was told last. */
export function lastFact({ facts, language, player }: FactsAsked): string | undefined {
  const found = speakable(facts, language).at(-1);
  return found === undefined ? undefined : toClause(found, { language, player });
}

/** A fact may hold what a player typed: no insult, no markup and no order comes from the mouth of an NPC. */
export function speakable(facts: readonly string[], language: string): readonly string[] {
  return facts.filter((fact) => {
    const { tone } = utteranceOf(fact, language);
    return fact.length <= MAX_CHARACTERS && isPlainTalk(fact) && tone !== 'rude' && tone !== 'meddling';
  });
}

function toClause(fact: string, { language, player }: Pick<FactsAsked, 'language' | 'player'>): string {
  const clause = fact.trim().replace(/[.!?…\s]+$/u, '');
  const isEnglish = languageOf(language).articles.size > 0;
  if (!isEnglish || player === undefined || player === '') return clause;
  const [head, verb = '', ...rest] = clause.split(' ');
  if (head?.toLowerCase() !== player.toLowerCase()) return clause;
  return ['you', VERBS.get(verb.toLowerCase()) ?? verb, ...rest].join(' ');
}
