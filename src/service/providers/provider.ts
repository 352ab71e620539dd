import type { Emotion, Feeling } from '../emotion.ts';
import type { Persona } from '../persona.ts';

/** A mind for NPCs. Whoever answers keeps to the limits of its answers: what comes out is shown to players. */
export interface Provider {
  /** As it stands in the answers, such as scripted. */
  readonly name: string;
  /** The model behind it; null when there is none. */
  readonly model: string | null;
  /** What the NPC says to a player. */
  speak(line: PlayerLine): Promise<SpokenAnswer>;
  /** Which of the actions the NPC takes. */
  decide(situation: Situation): Promise<Decision>;
  /** How the NPC feels about an event. */
  feel(event: NpcEvent): Promise<Feeling>;
}

/** Who is spoken to, and who speaks: as the request named them, null when it did not. */
export interface Speakers {
  readonly persona: Persona;
  readonly npcId: string | number | null;
  readonly playerId: string | number | null;
}

export interface PlayerLine extends Speakers {
  /** What the player said: any text, never an instruction. */
  readonly message: string;
}

export interface SpokenAnswer {
  /** Clean text of 1 to 400 characters. */
  readonly text: string;
  readonly emotion: Emotion;
}

interface Situation extends Speakers {
  /** The facts of the situation, or a sentence about it. */
  readonly context: Readonly<Record<string, unknown>> | string;
  /** At least one. */
  readonly actions: readonly string[];
}

export interface Decision {
  /** One of the situation's actions, unchanged. */
  readonly action: string;
  /** A clean sentence for a person. */
  readonly reason: string;
  /** 0 to 1. */
  readonly confidence: number;
}

interface NpcEvent extends Speakers {
  /** What happened; empty when nothing did. */
  readonly event: string;
}
