import type { Persona } from '../persona/persona.ts';
import type { Mind } from './mind.ts';

/** Each persona by the mind that is its own. */
export function createPersonaMind(mindOf: (persona: Persona) => Mind, first: Mind): Mind {
  return {
    name: first.name,
    model: first.model,
    speak: (line, signal) => mindOf(line.persona).speak(line, signal),
    decide: (situation, signal) => mindOf(situation.persona).decide(situation, signal),
    feel: (event, signal) => mindOf(event.persona).feel(event, signal),
    offer: (moment, signal) => mindOf(moment.persona).offer(moment, signal),
    shout: (cue, signal) => mindOf(cue.persona).shout(cue, signal),
    play: (scene, signal) => mindOf(scene.cast[0].persona).play(scene, signal),
  };
}
