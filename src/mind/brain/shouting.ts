import { cleanAnswer } from '../answer/clean-answer.ts';
import { emotionFrom } from '../language/emotion.ts';
import { guessLanguage } from '../language/guess-language.ts';
import { hash } from '../language/hash.ts';
import { isSameLanguage } from '../language/language.ts';
import { bestMatch } from '../language/matcher.ts';
import type { Persona } from '../persona/persona.ts';
import { personaValues } from '../persona/persona-canned.ts';
import { fillLine, placeholdersOf, TOPIC_PLACEHOLDER } from '../persona/placeholders.ts';
import type { AnswerSource, Cue, ShoutedAnswer } from '../talk/mind.ts';
import { bestBearing, topicKeys } from './bearing.ts';
import { capitalize } from './line-choice.ts';
import type { RuleBook } from './rule-choice.ts';
import { speakable } from './told-facts.ts';
import { isPlainTalk, utteranceOf } from './utterance.ts';

export interface Shouting {
  readonly book: RuleBook;
  /** Whose shouts are borrowed by a persona that has none, where it speaks the same language. */
  readonly neutral: Persona;
  readonly seed: number;
  /** How often the NPC spoke of this before: each time it has another line, as far as there are any. */
  readonly times: number;
}

/** A longer subject stands in no sentence. */
const MAX_SUBJECT_CHARACTERS = 90;
/** "The news" is what is to be thought up, "the bridge is closed" can be said. */
const MIN_SUBJECT_WORDS = 3;

/** What an NPC says of its own: a fact or a line that is about the topic, else a line that takes it up, else any. */
export function shoutByRules(cue: Cue, shouting: Shouting): Omit<ShoutedAnswer, keyof AnswerSource> {
  const { persona, maxCharacters } = cue;
  const lines = linesFor(cue, shouting).filter((line) => [...line].length <= maxCharacters);
  const usable = lines.length > 0 ? lines : linesFor(cue, shouting);
  const start = hash(JSON.stringify([shouting.seed, cue.npcId, cue.topic]));
  const said = usable[(start + shouting.times) % usable.length] ?? persona.role;
  const text = cleanAnswer(capitalize(said), { maxCharacters });
  return { text, emotion: emotionFrom(text, persona.language) ?? persona.mood };
}

/** Those that are equally good, at least one. */
function linesFor({ persona, topic, facts }: Cue, { book, neutral }: Shouting): readonly string[] {
  const { language } = persona;
  const keys = keysOf(topic, language);
  const about = bestBearing(speakable(facts, language), keys, language);
  if (about.score > 0 && about.score * 2 >= keys.size) return about.texts.map(toSentence);
  const own = ownLines(persona, neutral);
  const known = bestBearing(own.plain, keys, language);
  // What takes up less speaks of something else: all is quiet at a gate that is to close at dusk.
  if (known.score > 0 && known.score === keys.size) return known.texts;
  const subject = subjectOf(topic, book);
  const taken =
    subject === undefined
      ? []
      : fillAll(own.takingUp, [...personaValues(persona), [TOPIC_PLACEHOLDER, subject]], persona.language);
  if (taken.length > 0) return taken;
  return known.texts.length > 0 ? known.texts : own.any;
}

/** In English, "her name is Brunhild": written for a model, and nothing that the NPC would say. */
const OF_ITSELF = /\b(?:his|her|he|she)\b/i;

interface OwnLines {
  /** With {topic}. */
  readonly takingUp: readonly string[];
  /** Shouts and knowledge, ready to be said. */
  readonly plain: readonly string[];
  /** For a topic that nothing is known of: shouts, else what there is. */
  readonly any: readonly string[];
}

/** What an NPC may say to nobody in particular. */
export function ownLines(persona: Persona, neutral: Persona): OwnLines {
  const isLent = persona.shouts.length === 0 && isSameLanguage(neutral.language, persona.language);
  const shouts = isLent ? neutral.shouts : persona.shouts;
  const values = [...personaValues(persona)];
  const takesUp = (line: string) => placeholdersOf(line).includes(TOPIC_PLACEHOLDER);
  const fill = (lines: readonly string[]) => fillAll(lines, values, persona.language);
  const plain = fill(shouts.filter((line) => !takesUp(line)));
  const further = [
    isSameLanguage(persona.language, 'en') ? persona.knowledge.filter((line) => !OF_ITSELF.test(line)) : [],
    persona.greeting,
    persona.fallback,
  ].map((lines) => fill(lines));
  const any = [plain, ...further].find((lines) => lines.length > 0) ?? [];
  return { takingUp: shouts.filter(takesUp), plain: [...plain, ...(further[0] ?? [])], any };
}

function fillAll(
  lines: readonly string[],
  values: Iterable<readonly [string, string]>,
  language: string,
): string[] {
  const known = new Map(values);
  return lines.flatMap((line) => fillLine(line, known, language) ?? []);
}

function toSentence(fact: string): string {
  return /[.!?…]["'”]?$/u.test(fact) ? fact : `${fact}.`;
}

const TELLING =
  /^(?:please )?(?:shout|cry|call|yell|scream|announce|proclaim|declare|say|tell|warn|remind|inform|speak|talk|boast|brag|complain|sing|mutter|mumble|whisper|praise|advertise|mention|rant)\b(?: out\b)?(?: loud(?:ly)?\b)?/i;
const HEARERS =
  /^(?:to )?(?:everyone|everybody|people|all|them|passers-by|travell?ers|the (?:people|crowd|town|city|players|travell?ers|passers-by))\b/i;
const JOINT = /^(?:about|of|that|to)\b|^[:,-]/i;
/** The NPC speaks of itself where the script speaks to it. */
const TURNED: readonly (readonly [RegExp, string])[] = [
  [/\byou are\b|\byou're\b/gi, 'I am'],
  [/\byourself\b/gi, 'myself'],
  [/\byours\b/gi, 'mine'],
  [/\byour\b/gi, 'my'],
  [/\byou\b/gi, 'I'],
];

/** "Warn of pickpockets" is about pickpockets: a line need not warn in so many words. */
function keysOf(topic: string, language: string): ReadonlySet<string> {
  const keys = topicKeys(matterOf(topic.trim()), language);
  return keys.size > 0 ? keys : topicKeys(topic, language);
}

/** "Tell everyone that the gates close at dusk" is about "the gates close at dusk". Undefined where nobody could say it. */
function subjectOf(topic: string, { forbidden, persona }: RuleBook): string | undefined {
  const line = cleanAnswer(topic);
  const { words, tone } = utteranceOf(line, persona.language);
  if (!isPlainTalk(topic) || tone === 'meddling' || tone === 'rude' || bestMatch(forbidden, words))
    return undefined;
  const turned = TURNED.reduce((rest, [from, to]) => rest.replace(from, to), matterOf(line)).replace(
    /[.!?…\s]+$/u,
    '',
  );
  // Taken up, it would stand in a sentence of another language.
  if (guessLanguage(turned, { talk: persona.language, isGoingOn: false }) !== persona.language)
    return undefined;
  const isShort = turned.length <= MAX_SUBJECT_CHARACTERS && !/[.!?]\s/.test(turned);
  return isShort && turned.split(' ').length >= MIN_SUBJECT_WORDS ? turned : undefined;
}

function matterOf(topic: string): string {
  return [TELLING, HEARERS, JOINT].reduce((rest, part) => rest.replace(part, '').trim(), topic);
}

/** An order to speak to all, which no player gives: "shout the news", "tell everyone that …". */
const ORDER =
  /^\s*(?:please )?(?:(?:shout|yell|announce|proclaim|declare|cry out|call out)\b|(?:tell|warn|remind|inform|greet|invite) (?:everyone|everybody|people|all|them|passers-by|travell?ers|the (?:people|crowd|town|city|players|travell?ers))\b)/i;

export function isOrder(message: string): boolean {
  return ORDER.test(message);
}
