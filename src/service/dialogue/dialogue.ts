import type { Clock } from '../../base/clock.ts';
import type { GameText } from '../../game-text/game-text.ts';
import { cleanAnswer } from '../../mind/answer/clean-answer.ts';
import type { ProfanityFilter } from '../../mind/answer/profanity.ts';
import type { PersonaBook } from '../../mind/persona/persona-book.ts';
import type { Mind, Speakers, SpokenAnswer } from '../../mind/talk/mind.ts';
import type { Turn } from '../../mind/talk/recollection.ts';
import { languageOfTalk } from '../../mind/talk/talk-language.ts';
import { cannedReasonOf, tokensSpent } from '../../providers/model-error.ts';
import type { Answer, Limit, RequestBody } from '../base/contract.ts';
import type { Deadline } from '../base/deadline.ts';
import type { PlayerLimits } from '../limits/player-limits.ts';
import type { MemoryOwner } from '../memory/memory.ts';
import type { Recollecting } from '../memory/recollecting.ts';
import { toRemembered } from '../memory/remembered-text.ts';
import { cannedAnswer } from './canned-answer.ts';
import { toShownAction, toShownLine } from './shown-line.ts';
import { memoryOwnerOf, npcIdOf, recalledOwnerOf } from './speakers.ts';

export interface DialogueParts {
  readonly mind: Mind;
  readonly personas: Pick<PersonaBook, 'find'>;
  readonly recollecting: Recollecting;
  readonly limits: PlayerLimits;
  readonly profanityFilter: ProfanityFilter;
  /** Of what is answered; what is remembered keeps its characters. */
  readonly gameText: GameText;
  readonly maxCharacters: number;
  readonly clock: Clock;
}

/** One request of the dialogue endpoint. */
export interface DialogueCall {
  readonly body: RequestBody<'dialogue'>;
  readonly speakers: Speakers;
  readonly deadline: Deadline;
}

/**
 * The answer, and what of it is remembered once it is delivered: null for a canned line, for a player who said nothing,
 * and without a player.
 */
export interface LedDialogue {
  readonly answer: Answer<'dialogue'>;
  readonly said: { readonly owner: MemoryOwner; readonly turn: Turn } | null;
}

/**
 * Leads one dialogue: limits, memory, mind, cleaning. Throws AiIpcError model_failed or model_timeout where nobody
 * answers; a line that the model's server refuses, or cannot take while it loads the model, gets the canned line. Nothing is remembered here: that is for when the answer is delivered.
 */
export async function leadDialogue(call: DialogueCall, parts: DialogueParts): Promise<LedDialogue> {
  const startMs = parts.clock.nowMs();
  const owner = memoryOwnerOf(call.speakers);
  const spoken = await speakWithinLimits(call, owner, parts);
  const answer = toAnswer(call, { ...spoken, ms: parts.clock.nowMs() - startMs }, parts);
  const isRemembered = owner !== null && spoken.limit === null && call.body.message.trim() !== '';
  return {
    answer,
    // Shortened here already: an answer may be kept for a day with it.
    said: isRemembered
      ? { owner, turn: { said: toRemembered(call.body.message), answered: spoken.answer.text } }
      : null,
  };
}

interface Spoken {
  readonly answer: SpokenAnswer;
  readonly limit: Limit | null;
}

async function speakWithinLimits(
  call: DialogueCall,
  owner: MemoryOwner | null,
  parts: DialogueParts,
): Promise<Spoken> {
  const playerId = owner?.playerId ?? null;
  const limit = parts.limits.check(playerId);
  if (limit !== null) return { limit, answer: cannedAnswer(call, parts) };
  try {
    const answer = await askMind(call, parts);
    spend(playerId, answer.tokens, parts);
    // The switch silences what was thought of while it was turned, too.
    if (parts.limits.isOff()) return { limit: 'off', answer: cannedAnswer(call, parts) };
    return { limit: null, answer: polish(answer, parts) };
  } catch (error) {
    const tokens = tokensSpent(error);
    spend(playerId, tokens, parts);
    const limit = parts.limits.isOff() ? 'off' : cannedReasonOf(error);
    // A refused line was answered: its cooldown keeps the player from sending it again and again.
    if (playerId !== null && limit !== 'refused') parts.limits.forgive(playerId);
    if (limit === null) throw error;
    return { limit, answer: { ...cannedAnswer(call, parts), tokens } };
  }
}

async function askMind(
  { body, speakers, deadline }: DialogueCall,
  { recollecting, mind, maxCharacters }: DialogueParts,
): Promise<SpokenAnswer> {
  const recollection = await recollecting.recall(recalledOwnerOf(speakers), deadline, body.message);
  const { turns } = recollection;
  const line = {
    ...speakers,
    message: body.message,
    recollection,
    player: body.player,
    location: body.location,
    options: body.options,
    reveals: body.reveals,
    language: languageOfTalk({ ...speakers, asked: body.language, message: body.message, turns }),
    maxCharacters,
  };
  return await mind.speak(line, deadline.signal);
}

function spend(playerId: string | null, tokens: SpokenAnswer['tokens'], { limits }: DialogueParts): void {
  if (playerId !== null) limits.spend(playerId, tokens);
}

/** The filter of the server's own comes last, and even its words are cut to length and cleaned of codes. */
function polish(answer: SpokenAnswer, { profanityFilter, maxCharacters }: DialogueParts): SpokenAnswer {
  const text = cleanAnswer(profanityFilter(answer.text), { maxCharacters });
  const action = answer.action === undefined ? {} : { action: profanityFilter(answer.action) };
  return { ...answer, ...action, text: text === '' ? answer.text : text };
}

function toAnswer(
  { body, speakers }: DialogueCall,
  { answer, limit, ms }: Spoken & { readonly ms: number },
  { gameText, maxCharacters }: DialogueParts,
): Answer<'dialogue'> {
  const { emotion, chosenOption, provider, model, tokens } = answer;
  const text = toShownLine(answer.text, { persona: speakers.persona, gameText, maxCharacters });
  const action = toShownAction(answer.action ?? '', gameText);
  const isOffered = chosenOption !== undefined && body.options.includes(chosenOption);
  return {
    npc_id: npcIdOf(speakers),
    player_id: speakers.playerId,
    text,
    response: text,
    emotion,
    ...(action === '' ? {} : { action }),
    ...(isOffered ? { chosen_option: chosenOption } : {}),
    provider,
    model,
    ...(limit === null ? {} : { limited: limit }),
    tokens: { prompt: tokens.prompt, completion: tokens.completion },
    latency_ms: Math.round(ms * 100) / 100,
  };
}
