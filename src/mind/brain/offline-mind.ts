import { NO_TOKENS } from '../../providers/token-count.ts';
import { feelingFrom } from '../language/emotion.ts';
import type { Persona } from '../persona/persona.ts';
import type { PersonaBook } from '../persona/persona-book.ts';
import { speakerOf } from '../persona/persona-languages.ts';
import type { Actor, Cue, Mind, PlayerLine, Scene } from '../talk/mind.ts';
import { NOTHING } from '../talk/recollection.ts';
import { decideByRules } from './decision.ts';
import { offerByRules } from './menu.ts';
import { openRuleBook, type RuleBook } from './rule-choice.ts';
import { playByRules } from './scene-play.ts';
import { isOrder, shoutByRules } from './shouting.ts';
import { explainLine, replyByRules, speakByRules } from './speaking.ts';

export interface OfflineMindOptions {
  /** Other numbers give other answers to the same talk; the same number gives the same. Default 0. */
  readonly seed?: number;
}

/** A scripted mind can also tell which rule it would answer from: for people who write personas. */
export interface OfflineMind extends Mind {
  /** Such as "rule hello", "forbidden topic politics", "fact" or "fallback". */
  explain(line: PlayerLine): string;
}

const SOURCE = { provider: 'scripted', model: null, tokens: NO_TOKENS } as const;
/** Cues of which it is known how often they came. Of more than that, the oldest begins anew. */
const MAX_CUES = 1_000;

/**
 * The offline brain: it answers from the rules of the persona files, from what the player told before, and in the mood
 * that his words leave. The same NPC, player, message and recollection always give the same answer. A shout has no
 * recollection: the same topic is given another line each time, in the same order after each start.
 */
export function createOfflineMind(
  personas: Pick<PersonaBook, 'find'>,
  { seed = 0 }: OfflineMindOptions = {},
): OfflineMind {
  // A persona file that changes becomes another object; the rules of the old one go with it.
  const neutralOf = ({ language }: Persona) => personas.find(null, language);
  /** Whoever speaks for the NPC in the language that is wanted. */
  const inLanguage = <Of extends { readonly persona: Persona }>(speaking: Of, language: string): Of => ({
    ...speaking,
    persona: speakerOf(speaking.persona, language, personas),
  });
  const books = new WeakMap<Persona, RuleBook>();
  const bookOf = (persona: Persona): RuleBook => {
    const book = books.get(persona) ?? openRuleBook(persona, neutralOf(persona));
    books.set(persona, book);
    return book;
  };
  const knowing = (persona: Persona) => ({ book: bookOf(persona), neutral: neutralOf(persona), seed });
  const timesOf = createCounter();
  const shout = (cue: Cue) => {
    const times = timesOf(JSON.stringify([cue.npcId, cue.persona.id, cue.topic]));
    return shoutByRules(cue, { ...knowing(cue.persona), times });
  };
  return {
    name: SOURCE.provider,
    model: SOURCE.model,
    async speak(given) {
      const line = inLanguage(given, given.language);
      const answer = isToAll(line) ? shout(toCue(line)) : speakByRules(line, knowing(line.persona));
      return { ...answer, ...SOURCE };
    },
    async decide(situation) {
      return { ...decideByRules(situation.persona, situation), ...SOURCE };
    },
    async feel({ persona, event }) {
      return { ...feelingFrom(event, persona.mood, persona.language), ...SOURCE };
    },
    async offer(given) {
      const moment = inLanguage(given, given.language);
      return { options: offerByRules(moment, knowing(moment.persona)), ...SOURCE };
    },
    async shout(cue) {
      return { ...shout(inLanguage(cue, cue.language)), ...SOURCE };
    },
    async play(given) {
      const [first, ...others] = given.cast;
      const spoken = (actor: Actor) => inLanguage(actor, given.language);
      const scene = { ...given, cast: [spoken(first), ...others.map(spoken)] as const };
      const texts = playByRules(scene, {
        neutral: neutralOf(scene.cast[0].persona),
        seed: seed + timesOf(`scene ${scene.topic}`),
        opening: (actor) => shout({ ...scene, ...actor }).text,
        reply: (actor, heard) => replyByRules(toLine(heard, { scene, actor }), knowing(actor.persona)),
      });
      return { texts, ...SOURCE };
    },
    explain(given) {
      const line = inLanguage(given, given.language);
      return explainLine(line, knowing(line.persona));
    },
  };
}

/** Words without any player are a script's order where no player would say them: "shout the news". */
function isToAll({ playerId, player, message }: PlayerLine): boolean {
  return playerId === null && player === null && isOrder(message);
}

function toCue({ message, recollection, ...line }: PlayerLine): Cue {
  return { ...line, topic: message, facts: recollection.facts };
}

/** To an NPC, another one is a stranger whose name he knows. */
function toLine(
  { from, text }: { readonly from: Actor; readonly text: string },
  { scene, actor }: { readonly scene: Scene; readonly actor: Actor },
): PlayerLine {
  return {
    ...{ ...actor, message: text, recollection: { ...NOTHING, facts: scene.facts }, options: [] },
    ...{ player: { name: from.shownName, level: null, class: null }, location: scene.location },
    ...{ language: scene.language, maxCharacters: scene.maxCharacters },
  };
}

/** How often each was asked for before. */
function createCounter(): (cue: string) => number {
  const counts = new Map<string, number>();
  return (cue) => {
    const before = counts.get(cue) ?? 0;
    counts.delete(cue);
    counts.set(cue, before + 1);
    const [oldest] = counts.keys();
    if (counts.size > MAX_CUES && oldest !== undefined) counts.delete(oldest);
    return before;
  };
}
