import { cleanAnswer } from '../answer/clean-answer.ts';
import { headOf } from '../language/cut.ts';
import { EMOTIONS, type Emotion, emotionOf } from '../language/emotion.ts';
import { hash } from '../language/hash.ts';
import { languageOf } from '../language/language.ts';
import { saidTopicOf } from '../language/topics.ts';
import type { Persona } from '../persona/persona.ts';
import { personaValues } from '../persona/persona-canned.ts';
import {
  FACT_PLACEHOLDER,
  placeholderFor,
  placeholdersOf,
  REMEMBERED,
  WORD_PLACEHOLDER,
} from '../persona/placeholders.ts';
import type { AnswerSource, PlayerLine, SpokenAnswer } from '../talk/mind.ts';
import { type Acquaintance, getAcquainted } from './acquaintance.ts';
import { capitalize, chooseLine, type LineOptions } from './line-choice.ts';
import { chooseOption } from './option-choice.ts';
import { revealAbout } from './revealing.ts';
import { type Chosen, chooseRule, type Heard, lastTopicOf, type RuleBook } from './rule-choice.ts';
import { factAbout, lastFact } from './told-facts.ts';
import { moodAfter, type Tone } from './tone.ts';
import { isPlainTalk, utteranceOf } from './utterance.ts';

/** Captured words are cut here, so that a long "name" does not fill the answer. */
const MAX_VALUE_CHARACTERS = 30;
/** Where an NPC that knows something of the player should show it. */
const RECALLING = /^(?:ask-|tell-|remember-me$|hello$|bye$|more$|repeat$)/;
/** Talk of oneself, and what begins or ends a talk: no reply that leads one on between NPCs. */
const NO_REPLY = /^(?:tell-|ask-|remember-|hello$|bye$|more$|repeat$|yes$|no$|their-name$|nice-to-meet-you$)/;
const INSISTING = /^(?:ask-|remember-me$|repeat$)/;
type Preference = Pick<LineOptions, 'preferred' | 'insists'>;
const NO_PREFERENCE: Preference = { preferred: [], insists: false };
const WITH_FACT: Preference = { preferred: [FACT_PLACEHOLDER], insists: true };
/** These answers themselves deal with how the player treats the NPC. */
const TONE_INTENTS = new Set<string | undefined>(['insult', 'sorry', 'thanks', 'compliment', 'bye']);
const NO_CAPTURES: ReadonlyMap<string, string> = new Map();

/** A persona's rules, and what chooses among lines that are as good. */
export interface Brain {
  readonly book: RuleBook;
  readonly seed: number;
}

/** Everything that an answer is made from. */
interface Thought {
  readonly line: PlayerLine;
  readonly book: RuleBook;
  readonly heard: Heard;
  readonly tone: Tone;
  /** The mood that this message leaves. */
  readonly mood: Emotion;
  readonly values: Map<string, string>;
  readonly known: Acquaintance;
  readonly seed: number;
}

export function speakByRules(line: PlayerLine, brain: Brain): Omit<SpokenAnswer, keyof AnswerSource> {
  const thought = understand(line, brain);
  const chosen = choose(thought);
  const text = cleanAnswer(withOpener(answerOf(chosen, thought), { chosen, thought }), line);
  const action = chosen?.rule.action;
  const chosenOption = chooseOption(line.options, thought.heard.words);
  return {
    text,
    emotion: emotionFor(chosen?.rule, thought),
    ...(action === undefined ? {} : { action }),
    ...(chosenOption === undefined ? {} : { chosenOption }),
  };
}

/** For talks between NPCs: undefined where no rule is about the line, or the answer would lead nowhere. */
export function replyByRules(line: PlayerLine, brain: Brain): string | undefined {
  const thought = understand(line, brain);
  const chosen = chooseRule(thought.book, thought.heard);
  if (!chosen || isVague(chosen) || 'topic' in chosen.rule) return undefined;
  return NO_REPLY.test(chosen.rule.intent ?? '') ? undefined : answerOf(chosen, thought);
}

/** Which rule answers, such as "rule hello". */
export function explainLine(line: PlayerLine, brain: Brain): string {
  const thought = understand(line, brain);
  const { book, heard } = thought;
  const chosen = choose(thought);
  if (chosen?.reveal !== undefined) return `reveal ${chosen.reveal}`;
  if (isFactMeant(chosen, thought)) return 'fact';
  if (!chosen) return heard.words.length === 0 ? 'greeting' : 'fallback';
  const { rule } = chosen;
  if ('topic' in rule) return `forbidden topic ${rule.topic}`;
  return `${book.persona.rules.includes(rule) ? 'rule' : 'rule of neutral'} ${rule.name}`;
}

/** What the game has unlocked goes first where the message asks for it. */
function choose(thought: Thought): Chosen | undefined {
  const { line, book, heard } = thought;
  const chosen = goOn(chooseRule(book, heard), thought);
  const usual = { isPersonal: chosen !== undefined && isPersonal(chosen.rule), isVague: isVague(chosen) };
  return revealAbout(line, heard.words, usual) ?? chosen;
}

function understand(line: PlayerLine, { book, seed }: Brain): Thought {
  const { persona, message, recollection, player } = line;
  const language = languageOf(persona.language);
  const { words, tone } = utteranceOf(message, persona.language);
  const { turns } = recollection;
  const earlier = turns.map(({ said }) => utteranceOf(said, persona.language).tone);
  const known = getAcquainted({ message, recollection, player, language: persona.language });
  const topic = isPlainTalk(message) ? saidTopicOf(words, language) : undefined;
  const fact = factAbout(message, factsAsked(line, known));
  return {
    line,
    book,
    heard: { words, turns, told: known.told, level: known.level, mood: moodAfter(earlier) ?? persona.mood },
    tone,
    mood: moodAfter([...earlier, tone]) ?? persona.mood,
    values: valuesOf(persona, { known, topic, fact }),
    known,
    seed: seedOf(line, seed),
  };
}

function valuesOf(
  persona: Persona,
  { known, topic, fact }: Record<'topic' | 'fact', string | undefined> & { readonly known: Acquaintance },
): Map<string, string> {
  const values = new Map([...personaValues(persona), ...known.values]);
  if (topic !== undefined) values.set(WORD_PLACEHOLDER, topic);
  if (fact !== undefined) values.set(FACT_PLACEHOLDER, fact);
  return values;
}

function answerOf(chosen: Chosen | undefined, thought: Thought): string {
  const { heard, line, values } = thought;
  if (isFactMeant(chosen, thought)) return say(linesWithFact(thought), thought, WITH_FACT);
  if (!chosen) {
    const lines = heard.words.length === 0 ? line.persona.greeting : line.persona.fallback;
    return say(lines, thought);
  }
  for (const [name, value] of chosen.captures) values.set(name, headOf(value, MAX_VALUE_CHARACTERS));
  const fact = RECALLING.test(chosen.rule.intent ?? '')
    ? lastFact(factsAsked(line, thought.known))
    : undefined;
  if (fact !== undefined && !values.has(FACT_PLACEHOLDER)) values.set(FACT_PLACEHOLDER, fact);
  return say(chosen.rule.answers, thought, preferenceFor(chosen.rule.intent ?? ''));
}

function factsAsked({ recollection: { facts }, persona, player }: PlayerLine, { values }: Acquaintance) {
  const names = [values.get('player') ?? '', player?.name ?? ''];
  return { facts, language: persona.language, names };
}

/** What a script told and the message is about goes before the rules, until it is said; nobody's manners are passed over. */
function isFactMeant(chosen: Chosen | undefined, { values, line }: Thought): boolean {
  const fact = values.get(FACT_PLACEHOLDER);
  if (fact === undefined || (chosen && (chosen.reveal !== undefined || isPersonal(chosen.rule))))
    return false;
  return line.recollection.turns.every(
    ({ answered }) => !answered.toLowerCase().includes(fact.toLowerCase()),
  );
}

/** How the player treats the NPC, and what he tells of himself, is answered whatever else there would be to say. */
function isPersonal(rule: Chosen['rule']): boolean {
  return 'topic' in rule || TONE_INTENTS.has(rule.intent) || rule.intent?.startsWith('tell-') === true;
}

function isVague(chosen: Chosen | undefined): boolean {
  return !chosen || ('vague' in chosen.rule && chosen.rule.vague);
}

/** The persona's own lines with {fact}, else the neutral one's, else the fact itself. */
function linesWithFact({ line, book }: Thought): readonly string[] {
  const withFact = [line.persona.fallback, book.lentFallback].map((lines) =>
    lines.filter((one) => placeholdersOf(one).includes(FACT_PLACEHOLDER)),
  );
  return withFact.find((lines) => lines.length > 0) ?? [`{${FACT_PLACEHOLDER}}.`];
}

/** "Tell me more" is answered by what the last topic has that was not said yet. */
function goOn(chosen: Chosen | undefined, thought: Thought): Chosen | undefined {
  if (chosen?.rule.intent !== 'more') return chosen;
  const topic = lastTopicOf(thought.book, thought.heard);
  const text = topic && chooseLine(topic.answers, lineOptions(thought));
  const isNew = thought.line.recollection.turns.every(({ answered }) => !answered.endsWith(text ?? ''));
  return topic && text !== undefined && isNew ? { rule: topic, captures: NO_CAPTURES } : chosen;
}

/** persona.ts has made sure that one line needs nothing but the persona. */
function say(lines: readonly string[], thought: Thought, preference = NO_PREFERENCE): string {
  return capitalize(chooseLine(lines, lineOptions(thought, preference)) ?? '');
}

/** "What am I looking for?" asks for {seeks} before anything else, and never to be told anew. */
function preferenceFor(intent: string): Preference {
  if (!RECALLING.test(intent)) return NO_PREFERENCE;
  const first = intent === 'ask-told' ? 'quote' : placeholderFor(intent.replace(/^(?:ask|tell)-/, ''));
  return { preferred: [first, ...REMEMBERED], insists: INSISTING.test(intent) };
}

function lineOptions({ line, values, seed }: Thought, preference = NO_PREFERENCE): LineOptions {
  const answered = line.recollection.turns.map((turn) => turn.answered);
  const { persona, maxCharacters } = line;
  return { ...preference, language: persona.language, values, answered, seed, maxCharacters };
}

/** An NPC that was insulted before lets it be heard; one that was thanked, every other time. */
function withOpener(
  text: string,
  { chosen, thought }: { chosen: Chosen | undefined; thought: Thought },
): string {
  const { line, mood, values, seed } = thought;
  const openers = mood === line.persona.mood ? [] : (line.persona.moods[mood]?.openers ?? []);
  const dealsWithTone = chosen && ('topic' in chosen.rule || TONE_INTENTS.has(chosen.rule.intent));
  if (dealsWithTone || openers.length === 0) return text;
  if (mood === 'grateful' && seed % 2 === 1) return text;
  const opener = chooseLine(openers, { ...lineOptions(thought), values, seed: seed >>> 1 });
  const opened = `${capitalize(opener ?? '')} ${text}`;
  return [...opened].length <= line.maxCharacters ? opened : text;
}

/** A grudge shows through what is pleasant, and gratitude through what is indifferent. */
function emotionFor(rule: Chosen['rule'] | undefined, { heard, line, mood, tone }: Thought): Emotion {
  const isUnderstood = rule && !('vague' in rule && rule.vague);
  // How an insult is taken is a matter of how many there were, and in the mood already.
  const isInMood = isUnderstood || tone === 'rude';
  const own =
    rule?.emotion ??
    (isInMood ? undefined : emotionOf(heard.words, languageOf(line.persona.language))) ??
    line.persona.mood;
  if (mood === line.persona.mood || tone === 'sorry') return own;
  if (EMOTIONS[mood] < 0) return EMOTIONS[own] < EMOTIONS[mood] ? own : mood;
  return EMOTIONS[own] < 0 ? own : EMOTIONS[own] > EMOTIONS.calm ? own : 'happy';
}

/** The first 2,000 characters of a message vary the answer, as they are all that is matched. */
function seedOf({ npcId, playerId, message }: PlayerLine, seed: number): number {
  return hash(JSON.stringify([seed, npcId, playerId, message.slice(0, 2_000)]));
}
