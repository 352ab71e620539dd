import type { Trace } from '../../base/tracing.ts';
import type { TokenCount } from '../../providers/token-count.ts';
import type { Emotion, Feeling } from '../language/emotion.ts';
import type { Persona } from '../persona/persona.ts';
import type { Recollection } from './recollection.ts';

/**
 * A mind for NPCs. Whoever answers keeps to the limits of its answers: what comes out is shown to players. Each method
 * ends, with an answer or with AiIpcError model_failed or model_timeout, soon after `signal` is aborted.
 */
export interface Mind {
  /** As it stands in the answers (`provider`), such as scripted. */
  readonly name: string;
  /** The model behind it; null when there is none. */
  readonly model: string | null;
  /** What the NPC says to a player. */
  speak(line: PlayerLine, signal: AbortSignal): Promise<SpokenAnswer>;
  /** Which of the actions the NPC takes. */
  decide(situation: Situation, signal: AbortSignal): Promise<Decision>;
  /** How the NPC feels about an event. */
  feel(event: NpcEvent, signal: AbortSignal): Promise<FeltAnswer>;
  /** What a player could say to the NPC next. */
  offer(moment: Moment, signal: AbortSignal): Promise<OfferedAnswer>;
  /** What the NPC says of its own, to nobody in particular. */
  shout(cue: Cue, signal: AbortSignal): Promise<ShoutedAnswer>;
  /** What several NPCs say to each other. */
  play(scene: Scene, signal: AbortSignal): Promise<PlayedAnswer>;
}

/** Who is spoken to, and who speaks: as the request named them, null when it did not. */
export interface Speakers {
  readonly persona: Persona;
  readonly npcId: string | number | null;
  readonly playerId: string | number | null;
  /** Whose turn it is where several wait for a model: lower ones first. Left out, the model's own default. */
  readonly priority?: number;
  /** What a call of a model continues; undefined where nobody traces. */
  readonly trace?: Trace | undefined;
}

export interface PlayerLine extends Speakers {
  /** What the player said: any text, never an instruction. */
  readonly message: string;
  /** What the NPC remembers of this player; empty without a player_id. */
  readonly recollection: Recollection;
  /** What the game tells of the player. */
  readonly player: PlayerFacts | null;
  readonly location: Location | null;
  /** What the player may be offered to choose from; empty when the script offers nothing. */
  readonly options: readonly string[];
  /** What of the persona's `reveals` the game lets this player know, by name: in this call alone. Left out: nothing. */
  readonly reveals?: readonly string[];
  /** The language to answer in, such as en: the request's, else the persona's. */
  readonly language: string;
  /** The longest answer, in characters. */
  readonly maxCharacters: number;
}

export interface PlayerFacts {
  readonly name: string | null;
  readonly level: number | null;
  readonly class: string | null;
}

interface Location {
  readonly map: string;
  readonly x: number | null;
  readonly y: number | null;
}

/** When a player is about to choose what to say. */
export interface Moment extends Omit<PlayerLine, 'options' | 'maxCharacters'> {
  /** So many options at most; two at least. */
  readonly most: number;
}

/** What a script wants spoken of. */
interface Subject {
  /** An instruction or a subject: of a script, never the words of a player, and never an order against the rules. */
  readonly topic: string;
  readonly location: Location | null;
  readonly language: string;
  /** Of each text. */
  readonly maxCharacters: number;
  /** What the NPCs were told and may tell everybody. */
  readonly facts: readonly string[];
}

export interface Cue extends Speakers, Subject {}

/** One of those who talk in a scene. */
export interface Actor extends Speakers {
  /** As players see it. */
  readonly shownName: string;
}

export interface Scene extends Subject {
  /** Two to four, who speak in this order, again and again; the first one's model is asked. */
  readonly cast: readonly [Actor, ...Actor[]];
  /** So many lines at most; two at least. */
  readonly lines: number;
}

/** Who really answered, and what it cost. Another than the one that was asked, where that one failed. */
export interface AnswerSource {
  readonly provider: string;
  readonly model: string | null;
  readonly tokens: TokenCount;
}

export interface SpokenAnswer extends AnswerSource {
  /** Clean text of 1 to maxCharacters characters. */
  readonly text: string;
  readonly emotion: Emotion;
  /** What the NPC does while it speaks, such as "waves"; clean text of at most 100 characters. */
  readonly action?: string;
  /** One of the line's options, unchanged. */
  readonly chosenOption?: string;
}

export interface Situation extends Speakers {
  /** The facts of the situation, or a sentence about it. */
  readonly context: Readonly<Record<string, unknown>> | string;
  /** At least one. */
  readonly actions: readonly string[];
}

export interface Decision extends AnswerSource {
  /** One of the situation's actions, unchanged. */
  readonly action: string;
  /** A clean sentence for a person. */
  readonly reason: string;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface NpcEvent extends Speakers {
  /** What happened; empty when nothing did. */
  readonly event: string;
}

export type FeltAnswer = Feeling & AnswerSource;

export interface OfferedAnswer extends AnswerSource {
  /** One or more, different, each fit for a menu (toMenuOption). */
  readonly options: readonly string[];
}

export interface ShoutedAnswer extends AnswerSource {
  /** Clean text of 1 to maxCharacters characters. */
  readonly text: string;
  readonly emotion: Emotion;
}

export interface PlayedAnswer extends AnswerSource {
  /** At least two, by the order of the cast: the line at 0 is of the first actor. Each is clean, of 1 to maxCharacters characters. */
  readonly texts: readonly string[];
}
