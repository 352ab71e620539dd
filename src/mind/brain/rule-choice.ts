import type { Emotion } from '../language/emotion.ts';
import { isSameLanguage, languageOf } from '../language/language.ts';
import { bestMatch, indexPatterns, type PatternIndex } from '../language/matcher.ts';
import { isOneOf, type Word } from '../language/words.ts';
import type { ForbiddenTopic, Persona, Rule } from '../persona/persona.ts';
import type { Turn } from '../talk/recollection.ts';
import type { Fact } from './player-facts.ts';
import { utteranceOf } from './utterance.ts';

/** The rules of a persona in the order in which they are asked. */
export interface RuleBook {
  readonly persona: Persona;
  readonly forbidden: PatternIndex<ForbiddenTopic>;
  readonly firm: PatternIndex<Rule>;
  /** What the neutral persona answers where this one has no rule for an intent. */
  readonly borrowed: PatternIndex<Rule>;
  readonly vague: PatternIndex<Rule>;
  /** The rules for what a player tells of himself, by intent. */
  readonly telling: ReadonlyMap<string, Rule>;
  /** What the neutral persona says where no rule is about a message; empty where it speaks another language. */
  readonly lentFallback: readonly string[];
}

/** A message, and what a choice depends on besides its words. */
export interface Heard {
  readonly words: readonly Word[];
  readonly told: readonly Fact[];
  readonly turns: readonly Turn[];
  /** The mood before this message. */
  readonly mood: Emotion;
  readonly level: number | undefined;
}

/** What is said: the answers of a rule or of a forbidden topic. */
export interface Chosen {
  readonly rule: Rule | ForbiddenTopic;
  readonly captures: ReadonlyMap<string, string>;
  /** The name of the reveal that is said; left out for every other answer. */
  readonly reveal?: string;
}

/** Nobody who says "tell me more" means more of these. */
const NO_TOPIC =
  /^(?:tell-|ask-|remember-me|hello|bye|thanks|sorry|insult|compliment|yes|no|more|laugh|wow|really|repeat|help|nice-)/;
/** A name that comes with a greeting is what should be taken up. */
const GREETINGS = new Set<string | undefined>(['hello', 'nice-to-meet-you', 'how-are-you']);
/** How many more words a borrowed rule must name to be closer to a message than an own one; asked for memories, one. */
const BORROWING_LEAD = 2;
/** "Thanks, I like it" is no question about what was spoken of before. */
const MANNERS = new Set<string | undefined>(['thanks', 'sorry', 'compliment', 'insult', 'bye']);
/** "And how do I get there?" is about what was spoken of before. */
const MAX_POINTING_WORDS = 9;
const MAX_POINTING_TURNS = 4;
const NO_CAPTURES: ReadonlyMap<string, string> = new Map();

/** Makes a persona's rules ready for many messages. */
export function openRuleBook(persona: Persona, neutral: Persona): RuleBook {
  const own = new Set([...persona.rules, ...persona.forbidden_topics].map(({ intent }) => intent));
  const lends = isSameLanguage(neutral.language, persona.language) && neutral.id !== persona.id;
  const borrows = ({ intent }: Rule | ForbiddenTopic) => lends && intent !== undefined && !own.has(intent);
  const lent = neutral.rules.filter(borrows);
  const tells = [...lent, ...persona.rules].filter(({ intent }) => intent?.startsWith('tell-'));
  return {
    persona,
    forbidden: indexPatterns([...persona.forbidden_topics, ...neutral.forbidden_topics.filter(borrows)]),
    firm: indexPatterns(closestFirst(persona.rules.filter(({ vague }) => !vague))),
    borrowed: indexPatterns(lent.filter(({ vague }) => !vague)),
    vague: indexPatterns(persona.rules.filter(({ vague }) => vague)),
    telling: new Map(tells.map((rule) => [rule.intent ?? '', rule])),
    lentFallback: lends ? neutral.fallback : [],
  };
}

/** For where two rules fit as well: one that asks for a mood or level is meant for it, and own words beat an intent. */
function closestFirst(rules: readonly Rule[]): readonly Rule[] {
  const distance = ({ when, intent }: Rule) => (when.mood || when.level ? 0 : intent === undefined ? 1 : 2);
  return rules.toSorted((a, b) => distance(a) - distance(b));
}

/** The rule that answers a message; undefined when none does. */
export function chooseRule(book: RuleBook, heard: Heard): Chosen | undefined {
  return (
    match(book.forbidden, heard.words) ??
    firmOrTold(book, heard) ??
    pointedAt(book, heard)?.chosen ??
    told(book, heard, () => true) ??
    match(book.vague, heard.words, (rule) => isOpen(rule, heard))
  );
}

/** The rule that answered the last message which was about something; for "tell me more". */
export function lastTopicOf(book: RuleBook, { turns, ...heard }: Heard): Rule | undefined {
  for (const { said } of turns.toReversed()) {
    const { words } = utteranceOf(said, book.persona.language);
    const rule = bestMatch(book.firm, words, (one) => isOpen(one, { ...heard, turns }))?.rule;
    if (rule && !NO_TOPIC.test(rule.intent ?? '')) return rule;
  }
  return undefined;
}

/** A fact that names more words than any rule is what the message is about. */
function firmOrTold(book: RuleBook, heard: Heard): Chosen | undefined {
  const isRuleOpen = (rule: Rule) => isOpen(rule, heard);
  const own = bestMatch(book.firm, heard.words, isRuleOpen);
  const borrowed = bestMatch(book.borrowed, heard.words, isRuleOpen);
  const pointed = pointedAt(book, heard);
  const hasManners = MANNERS.has(own?.rule.intent) && !asks(book, heard);
  if (pointed && !hasManners && pointed.score > (own?.match.score ?? 0)) return pointed.chosen;
  const lead = borrowed?.rule.intent?.startsWith('ask-') ? 1 : BORROWING_LEAD;
  const isBorrowed = !own || (borrowed && borrowed.match.score >= own.match.score + lead);
  const firm = isBorrowed ? borrowed : own;
  const score = GREETINGS.has(firm?.rule.intent) ? 0 : (firm?.match.score ?? 0);
  const isMeant = (fact: Fact) => fact.score >= score && (!isWish(fact) || (score <= 1 && isSpecial(fact)));
  return told(book, heard, isMeant) ?? (firm && { rule: firm.rule, captures: firm.match.captures });
}

function asks({ persona }: RuleBook, { words }: Heard): boolean {
  const { questionWords } = languageOf(persona.language);
  return words.some((word) => isOneOf(questionWords, word));
}

/** A wish often only leads to its topic: who needs potions wants to hear where they are sold. */
function isWish({ kind }: Fact): boolean {
  return kind === 'seeks' || kind === 'plans';
}

/** "A Poring card" is more than a topic, "some potions" is not. */
function isSpecial({ kind, value }: Fact): boolean {
  return kind === 'seeks' && value.replace(/^(?:an?|the|some|any|my|your|\d+) /i, '').includes(' ');
}

interface Pointed {
  readonly chosen: Chosen;
  readonly score: number;
}

/** A short message that points back is read together with what the player last asked about. */
function pointedAt(book: RuleBook, { turns, ...heard }: Heard): Pointed | undefined {
  const { words } = heard;
  const language = languageOf(book.persona.language);
  if (words.length > MAX_POINTING_WORDS || !words.some((word) => isOneOf(language.pointing, word)))
    return undefined;
  const earlier = turns
    .slice(-MAX_POINTING_TURNS)
    .map(({ said }) => utteranceOf(said, book.persona.language))
    .filter(({ tone }) => tone === 'plain')
    .map(({ words: one }) => one);
  const isTopic = (word: Word) => !isOneOf(language.commonWords, word);
  const before = earlier.findLast((one) => one.some(isTopic));
  if (!before) return undefined;
  const read = (topic: readonly Word[]) =>
    bestMatch(book.firm, [...topic, ...words], (rule) => isOpen(rule, { ...heard, turns }));
  // With all of its words, the earlier message would mostly be answered once more.
  const found = read(before.filter(isTopic)) ?? read(before);
  return found && { chosen: { rule: found.rule, captures: found.match.captures }, score: found.match.score };
}

function told(book: RuleBook, heard: Heard, isMeant: (fact: Fact) => boolean): Chosen | undefined {
  for (const fact of heard.told) {
    const rule = isMeant(fact) ? book.telling.get(`tell-${fact.kind}`) : undefined;
    if (rule && isOpen(rule, heard)) return { rule, captures: NO_CAPTURES };
  }
  return undefined;
}

function match<Of extends Rule | ForbiddenTopic>(
  index: PatternIndex<Of>,
  words: readonly Word[],
  isOpenRule?: (rule: Of) => boolean,
): Chosen | undefined {
  const found = bestMatch(index, words, isOpenRule);
  return found && { rule: found.rule, captures: found.match.captures };
}

function isOpen({ when }: Rule, { mood, level }: Heard): boolean {
  if (when.mood && !when.mood.includes(mood)) return false;
  if (!when.level) return true;
  const [least, most] = when.level;
  return level !== undefined && level >= least && level <= most;
}
