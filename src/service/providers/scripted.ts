import { cleanAnswer } from '../clean-answer.ts';
import { decideByRules } from '../decision.ts';
import { emotionOf, feelingFrom } from '../emotion.ts';
import { type Language, languageOf } from '../language.ts';
import { bestMatch, indexPatterns, type PatternIndex } from '../matcher.ts';
import { type Persona, placeholdersOf, type Rule, WORD_PLACEHOLDER } from '../persona.ts';
import { toWords, type Word } from '../words.ts';
import type { PlayerLine, Provider, SpokenAnswer } from './provider.ts';

/** The two tiers of a persona's rules. */
interface RuleIndex {
  readonly firm: PatternIndex<Rule>;
  readonly vague: PatternIndex<Rule>;
}

/** A line that may be said, and what stands for its placeholders. */
interface Candidate {
  readonly lines: readonly string[];
  readonly values: ReadonlyMap<string, string>;
}

/** Captured words are cut here, so that a long "name" does not fill the answer. */
const MAX_VALUE_CHARACTERS = 30;
/** A topic is a word that can be said in a sentence: not "ok", not a wall of letters. */
const TOPIC = /^[\p{L}\p{M}'’]{4,20}$/u;

/**
 * The offline brain: it answers from the rules of the persona files alone. The same NPC, player and message always
 * give the same answer.
 */
export function createScriptedProvider(personas: readonly Persona[]): Provider {
  const indexes = new Map(personas.map((persona) => [persona, indexRules(persona)]));
  return {
    name: 'scripted',
    model: null,
    async speak(line) {
      return speakByRules(line, indexes.get(line.persona) ?? indexRules(line.persona));
    },
    async decide(situation) {
      return decideByRules(situation.context, situation.actions);
    },
    async feel({ persona, event }) {
      return feelingFrom(event, persona.mood);
    },
  };
}

function indexRules({ rules }: Persona): RuleIndex {
  return {
    firm: indexPatterns(rules.filter((rule) => !rule.vague)),
    vague: indexPatterns(rules.filter((rule) => rule.vague)),
  };
}

function speakByRules(line: PlayerLine, index: RuleIndex): SpokenAnswer {
  const { persona } = line;
  const language = languageOf(persona.language);
  const words = toWords(line.message, language);
  const values = new Map([
    ['name', persona.name],
    ['role', persona.role],
    ['place', persona.place],
  ]);
  const topic = topicOf(words, language);
  if (topic !== undefined) values.set(WORD_PLACEHOLDER, topic);
  const found = bestMatch(index.firm, words) ?? bestMatch(index.vague, words);
  found?.match.captures.forEach((value, name) => {
    values.set(name, value.slice(0, MAX_VALUE_CHARACTERS));
  });
  const lines = found?.rule.answers ?? (words.length === 0 ? persona.greeting : persona.fallback);
  const text = capitalize(cleanAnswer(chooseLine({ lines, values }, seedOf(line))));
  return { text, emotion: found?.rule.emotion ?? emotionOf(words) ?? persona.mood };
}

/** A line may begin with what the player wrote. */
function capitalize(text: string): string {
  return text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}

/** The longest word that is about something; the later one where two are as long. */
function topicOf(words: readonly Word[], language: Language): string | undefined {
  const topics = words.filter((word) => TOPIC.test(word.written) && !language.commonWords.has(word.key));
  return topics.reduce<Word | undefined>(
    (longest, word) => (longest && longest.written.length > word.written.length ? longest : word),
    undefined,
  )?.written;
}

/** One line of those whose placeholders have values; persona.ts has made sure that there is one. */
function chooseLine({ lines, values }: Candidate, seed: number): string {
  const usable = lines.filter((line) => placeholdersOf(line).every((name) => values.has(name)));
  const line = usable[seed % usable.length] ?? '';
  return line.replace(/\{([^{}]*)\}/g, (_, name: string) => values.get(name) ?? '');
}

/** The first 2,000 characters of a message vary the answer, as they are all that is matched. */
function seedOf({ npcId, playerId, message }: PlayerLine): number {
  return hash(JSON.stringify([npcId, playerId, message.slice(0, 2_000)]));
}

/** FNV-1a over UTF-16 units, and the last step of murmur3: without it, the low bits of like texts are alike. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
