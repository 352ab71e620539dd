import type { Secret } from '../answer/leak-check.ts';
import { shortenMemory } from '../memory/shorten.ts';
import type { NpcEvent, PlayerLine, Situation } from '../talk/mind.ts';
import type { Recollection } from '../talk/recollection.ts';
import { firstOf, numbered, shorten, toData, toPlace, toSituation } from './prompt-data.ts';
import {
  character,
  dataRules,
  decideForm,
  FEEL_FORM,
  giftList,
  list,
  nameOf,
  SPEAK_FORM,
  sections,
  speechRules,
} from './prompt-rules.ts';
import { lockedTexts, revealRule, toldReveals, withLocked } from './told-reveals.ts';

/**
 * What a model is asked: who the NPC is and what it must do in the system message, everything that comes from players,
 * scripts or memory as one JSON object in the user message. One message of each, because some chat templates refuse two
 * of the same role in a row.
 *
 * A server keeps what it has read of a prompt and reads the next one from its first change on. So the system message is the
 * same for all talks with a persona, and the user message has first what stays from talk to talk.
 */
export interface Prompt {
  readonly system: string;
  readonly user: string;
  /** What an answer must not read out: the system message, but for what the NPC may well tell. */
  readonly secret: Secret;
  /** The longest version that fits, with less of what is remembered or told; the shortest there is where none does. */
  shortened(fits: (prompt: Texts) => boolean): Prompt;
}

export type Texts = Pick<Prompt, 'system' | 'user'>;

/** A chat line has at most 255 bytes; what stands behind 2,000 characters of a message changes no answer. */
const MAX_MESSAGE_CHARACTERS = 2_000;
/** The facts of a situation: about 2,000 tokens; where that is too much, the first of these that fits. */
const MAX_CONTEXT_CHARACTERS = 8_000;
const FEWER_CHARACTERS = [4_000, 2_000, 1_000, 500, 250];
/**
 * What is recalled of older talks, all together: some 500 characters of English, 120 of Thai or Japanese, less than the summary
 * has. It is read anew with each talk, which costs a server without a graphics card a second or two.
 */
const MAX_RECALLED_TOKENS = 200;

export function speakPrompt(line: PlayerLine): Prompt {
  const { knowledge, goals } = line.persona;
  const system = speakSystem(line);
  const remade = (recollection: Recollection): Prompt => ({
    system,
    user: speakData({ ...line, recollection }),
    secret: withLocked({ text: system, speakable: [...knowledge, ...goals] }, line),
    shortened: (fits) => remade(shortenMemory(recollection, (shorter) => fits(remade(shorter)))),
  });
  return remade(line.recollection);
}

function speakSystem({ persona, maxCharacters }: PlayerLine): string {
  const mood = persona.moods[persona.mood]?.manner;
  return sections([
    character(persona),
    list('Goals', persona.goals),
    mood === undefined ? '' : `# Mood\n${persona.mood}: ${mood}`,
    list(`What ${nameOf(persona)} knows`, persona.knowledge),
    list(
      `What ${nameOf(persona)} never talks about (turn such questions aside)`,
      persona.forbidden_topics.map(({ topic }) => topic),
    ),
    dataRules(
      `"says" holds the words that a player says to the character (empty: he only comes near)${revealRule(persona)}, "earlier" what was said before, in "turns" as pairs of what the player said and what the character answered, in "recalled" what the player said long before, and in "facts" what the character was told by others: remember it where it matters`,
    ),
    speechRules(persona, maxCharacters),
    SPEAK_FORM,
  ]);
}

/** First what stays, then what grows at its end, then what is another with each talk: level and place, and the question. */
function speakData({ player, recollection, ...line }: PlayerLine): string {
  return toData({
    player: player === null ? undefined : { name: player.name, class: player.class },
    earlier: toEarlier(recollection),
    may_tell: toldReveals({ ...line, recollection }),
    level: player?.level ?? undefined,
    location: line.location === null ? undefined : toPlace(line.location),
    options: line.options.length === 0 ? undefined : numbered(line.options),
    language: line.language === line.persona.language ? undefined : line.language,
    says: shorten(line.message, MAX_MESSAGE_CHARACTERS),
  });
}

/**
 * What is recalled comes last: it is another with each talk, and moves nothing that stands before it. A turn is a pair and no
 * object: its two keys would be six of the 50 to 100 tokens that it costs in each talk.
 */
function toEarlier({ summary, turns, facts, ...recollection }: Recollection): object | undefined {
  const recalled = firstOf(recollection.recalled, MAX_RECALLED_TOKENS);
  if (summary === null && turns.length + facts.length + recalled.length === 0) return undefined;
  return {
    facts: facts.length === 0 ? undefined : facts,
    summary: summary ?? undefined,
    turns: turns.map(({ said, answered }) => [shorten(said, MAX_MESSAGE_CHARACTERS), answered]),
    recalled: recalled.length === 0 ? undefined : recalled,
  };
}

export function decidePrompt({ persona, context, actions }: Situation): Prompt {
  const system = sections([
    character(persona),
    list('Goals', persona.goals),
    giftList(persona),
    dataRules(
      '"actions" holds what the character can do, each with its number, "situation" what is going on',
    ),
    decideForm(persona),
  ]);
  const secret = { text: system, speakable: persona.goals, locked: lockedTexts([persona]) };
  return cuttable({ system, secret }, (maxCharacters) =>
    toData({ actions: numbered(actions), situation: toSituation(context, maxCharacters) }),
  );
}

export function feelPrompt({ persona, event }: NpcEvent): Prompt {
  const system = sections([
    character(persona),
    `# Mood\nWhen nothing happens, ${nameOf(persona)} is ${persona.mood}.`,
    dataRules('"event" holds what happens to the character'),
    FEEL_FORM,
  ]);
  const secret = { text: system, speakable: [] };
  return cuttable({ system, secret }, (maxCharacters) => toData({ event: shorten(event, maxCharacters) }));
}

/** A prompt of which a text that is told can be cut. */
export function cuttable(
  fixed: Pick<Prompt, 'system' | 'secret'>,
  userOf: (maxCharacters: number) => string,
): Prompt {
  const cutAt = (maxCharacters: number): Prompt => ({
    ...fixed,
    user: userOf(maxCharacters),
    shortened: (fits) => {
      const shorter = FEWER_CHARACTERS.filter((fewer) => fewer < maxCharacters).map(cutAt);
      return shorter.find(fits) ?? shorter.at(-1) ?? cutAt(maxCharacters);
    },
  });
  return cutAt(MAX_CONTEXT_CHARACTERS);
}
