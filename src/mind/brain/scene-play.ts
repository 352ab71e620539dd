import { cleanAnswer } from '../answer/clean-answer.ts';
import { hash } from '../language/hash.ts';
import type { Persona } from '../persona/persona.ts';
import type { Actor, Scene } from '../talk/mind.ts';
import { bearingOn, topicKeys } from './bearing.ts';
import { capitalize } from './line-choice.ts';
import { ownLines } from './shouting.ts';

export interface Playing {
  readonly neutral: Persona;
  readonly seed: number;
  /** What an actor says of the topic, who begins. */
  opening(actor: Actor): string;
  /** What an actor's rules answer to a line of another; undefined where none of them is about it. */
  reply(actor: Actor, heard: { readonly from: Actor; readonly text: string }): string | undefined;
}

/** What NPCs say to each other: they answer by their rules, and where those know nothing, with what they know themselves. */
export function playByRules(scene: Scene, playing: Playing): readonly string[] {
  const { cast, lines, maxCharacters } = scene;
  const said: string[] = [];
  for (let at = 0; at < lines; at += 1) {
    const actor = cast[at % cast.length] ?? cast[0];
    const from = cast[(at - 1 + cast.length) % cast.length] ?? cast[0];
    const heard = said.at(-1);
    const text =
      heard === undefined ? playing.opening(actor) : nextLine({ actor, from, heard, said }, scene, playing);
    said.push(cleanAnswer(capitalize(text), { maxCharacters }));
  }
  return said;
}

interface Turn {
  readonly actor: Actor;
  readonly from: Actor;
  readonly heard: string;
  readonly said: readonly string[];
}

function nextLine({ actor, from, heard, said }: Turn, scene: Scene, playing: Playing): string {
  const isNew = (text: string) => !said.includes(cleanAnswer(capitalize(text), scene));
  const reply = playing.reply(actor, { from, text: heard });
  if (reply !== undefined && isNew(reply)) return reply;
  const { plain, any } = ownLines(actor.persona, playing.neutral);
  const keys = topicKeys(`${scene.topic} ${heard}`, actor.persona.language);
  const order = (text: string) => hash(JSON.stringify([playing.seed, scene.topic, text]));
  const ranked = plain
    .filter((text) => isNew(text) && [...text].length <= scene.maxCharacters)
    .toSorted((a, b) => scoreOf(b) - scoreOf(a) || order(a) - order(b));
  return ranked[0] ?? reply ?? any[said.length % any.length] ?? heard;

  function scoreOf(text: string): number {
    return bearingOn(keys, text, actor.persona.language);
  }
}
