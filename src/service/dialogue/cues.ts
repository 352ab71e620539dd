import { cleanAnswer } from '../../mind/answer/clean-answer.ts';
import { toMenu, toMenuOption } from '../../mind/answer/menu-option.ts';
import { MEMORY_LIMITS } from '../../mind/memory/memory-limits.ts';
import type { PersonaBook } from '../../mind/persona/persona-book.ts';
import type { Actor, AnswerSource, Mind, Speakers } from '../../mind/talk/mind.ts';
import { languageOfTalk } from '../../mind/talk/talk-language.ts';
import type { Answer, RequestBody } from '../base/contract.ts';
import type { Deadline } from '../base/deadline.ts';
import type { DialogueParts } from './dialogue.ts';
import { SPEECHLESS, toShownLine } from './shown-line.ts';
import { npcIdOf, recalledOwnerOf, shownNameOf, speakersOf } from './speakers.ts';
import { type ThinkingParts, type Thought, thinkWithinLimits } from './thinking.ts';
import type { UnknownNpcs } from './unknown-npcs.ts';

export interface CueParts extends DialogueParts, ThinkingParts {
  readonly personas: PersonaBook;
  readonly unknownNpcs: UnknownNpcs;
}

/** One request for what an NPC says without being spoken to, or for what a player could say. */
export interface CueCall<Body> {
  readonly body: Body;
  readonly speakers: Speakers;
  readonly deadline: Deadline;
}

/** Over a head the game shows 255 bytes, and lines of a scene follow each other within seconds. */
const MAX_CUE_CHARACTERS = 150;

/** What the player could say to the NPC next: safe for a menu, folded for the clients, each another one. */
export async function leadOptions(
  { body, speakers, deadline }: CueCall<RequestBody<'options'>>,
  parts: CueParts,
): Promise<Answer<'options'>> {
  const recollection = await parts.recollecting.recall(recalledOwnerOf(speakers), deadline, body.message);
  const moment = {
    ...{ ...speakers, message: body.message, player: body.player, location: body.location },
    ...{ recollection, most: body.max },
    language: languageOfTalk({
      ...{ ...speakers, asked: body.language, message: body.message },
      turns: recollection.turns,
    }),
  };
  const think = (mind: Mind) => mind.offer(moment, deadline.signal);
  const { thought, limit, ...made } = await timed(speakers, parts, think);
  const shown = (options: readonly string[]) =>
    toMenu(
      options.map((option) => parts.gameText(toMenuOption(parts.profanityFilter(option)))),
      body.max,
    );
  const options = shown(thought.options);
  // Letters that clients lack leave nothing of a model's options; the persona's own may be in others.
  const own =
    options.length > 1 ? options : shown((await parts.offline.offer(moment, deadline.signal)).options);
  const usable = own.length > 0 ? own : [SPEECHLESS];
  return {
    npc_id: npcIdOf(speakers),
    player_id: speakers.playerId,
    options: usable,
    ...tailOf({ thought, limit, ...made }),
  };
}

/** What the NPC says of its own. */
export async function leadShout(
  { body, speakers, deadline }: CueCall<RequestBody<'shout'>>,
  parts: CueParts,
): Promise<Answer<'shout'>> {
  const { facts } = await parts.recollecting.recall(recalledOwnerOf(speakers), deadline);
  const cue = { ...speakers, ...subjectOf(body, speakers, parts), facts };
  const thought = await timed(speakers, parts, (mind) => mind.shout(cue, deadline.signal));
  const { text, emotion } = thought.thought;
  return { npc_id: npcIdOf(speakers), text: toShown(text, speakers, parts), emotion, ...tailOf(thought) };
}

/** What several NPCs say to each other. */
export async function leadScene(
  { body, speakers, deadline }: CueCall<RequestBody<'scene'>>,
  parts: CueParts,
): Promise<Answer<'scene'>> {
  const [, ...others] = body.npcs;
  for (const npcId of others) parts.unknownNpcs.note(npcId);
  const cast: readonly [Actor, ...Actor[]] = [
    toActor(speakers),
    ...others.map((npcId) =>
      toActor({ ...speakers, ...speakersOf({ npcId, playerId: null }, parts.personas) }),
    ),
  ];
  const recalled = await Promise.all(
    cast.map((actor) => parts.recollecting.recall(recalledOwnerOf(actor), deadline)),
  );
  const facts = [...new Set(recalled.flatMap((one) => one.facts))].slice(-MEMORY_LIMITS.facts);
  const scene = { ...subjectOf(body, speakers, parts), cast, facts, lines: body.lines };
  const thought = await timed(speakers, parts, (mind) => mind.play(scene, deadline.signal));
  const lines = thought.thought.texts.slice(0, body.lines).map((text, at) => {
    const actor = cast[at % cast.length] ?? cast[0];
    const name =
      toMenuOption(parts.gameText(actor.shownName)) || toMenuOption(parts.gameText(actor.persona.role));
    return { npc_id: npcIdOf(actor), name: name || SPEECHLESS, text: toShown(text, actor, parts) };
  });
  return { lines, ...tailOf(thought) };
}

/** What an NPC is told, as it is remembered; empty where no words are left. */
export function cleanFact(fact: string): string {
  const clean = cleanAnswer(fact, { maxCharacters: MEMORY_LIMITS.charactersPerFact });
  return /[\p{L}\p{N}]/u.test(clean) ? clean : '';
}

function toActor(speakers: Speakers): Actor {
  return { ...speakers, shownName: shownNameOf(speakers) };
}

function subjectOf(
  { topic, location, language }: Pick<RequestBody<'shout'>, 'topic' | 'location' | 'language'>,
  { persona }: Speakers,
  { maxCharacters }: CueParts,
) {
  return {
    ...{ topic, location, language: language ?? persona.language },
    maxCharacters: Math.min(maxCharacters, MAX_CUE_CHARACTERS),
  };
}

interface Timed<T> extends Thought<T> {
  readonly ms: number;
}

async function timed<T extends AnswerSource>(
  { playerId }: Speakers,
  parts: CueParts,
  ask: (mind: Mind) => Promise<T>,
): Promise<Timed<T>> {
  const startMs = parts.clock.nowMs();
  const { thought, limit } = await thinkWithinLimits(playerId, parts, ask);
  // The switch silences what was thought of while it was turned, too.
  const isLate = limit === null && parts.limits.isOff();
  const said: Thought<T> = isLate ? { thought: await ask(parts.offline), limit: 'off' } : { thought, limit };
  return { ...said, ms: parts.clock.nowMs() - startMs };
}

function tailOf({ thought, limit, ms }: Timed<AnswerSource>) {
  const { provider, model, tokens } = thought;
  return {
    ...{ provider, model },
    ...(limit === null ? {} : { limited: limit }),
    tokens: { prompt: tokens.prompt, completion: tokens.completion },
    latency_ms: Math.round(ms * 100) / 100,
  };
}

function toShown(
  text: string,
  { persona }: Speakers,
  { profanityFilter, gameText, ...parts }: CueParts,
): string {
  const maxCharacters = Math.min(parts.maxCharacters, MAX_CUE_CHARACTERS);
  return toShownLine(cleanAnswer(profanityFilter(text), { maxCharacters }), {
    persona,
    gameText,
    maxCharacters,
  });
}
