import { ModelError, tokensSpent } from '../../providers/model-error.ts';
import type { TokenCount } from '../../providers/token-count.ts';
import type { Persona } from '../persona/persona.ts';
import { modelFor } from '../persona/persona-server.ts';
import type { AnswerSource, Mind, Speakers } from './mind.ts';

/** What a call of a model was, whatever came of it. */
interface ModelCallEnd {
  readonly model: string;
  readonly tokens: TokenCount;
}

export interface MindWatch {
  /**
   * Told of each failure of the model, whoever answers then. `isDown` is false where it says nothing of what others will
   * meet: its words could not be used, the message was refused, or there is too much to do just now.
   */
  readonly onFailure?: (error: unknown, end: ModelCallEnd & { readonly isDown: boolean }) => void;
  /** Told of each answer of the model. */
  readonly onAnswer?: (end: ModelCallEnd) => void;
}

/** A model, and what is known of how it fares. */
export interface WatchedMind extends Mind {
  /** Whether its last call found it down: it may be back, but nobody should wait for that. */
  isDown(): boolean;
  /** Whether an admin said how long it may take, also where others would answer after it. */
  readonly hasOwnTime: boolean;
}

export interface WatchedMindOptions extends MindWatch {
  /** The name of its server; left out, the first one. */
  readonly server?: string;
  readonly hasOwnTime?: boolean;
}

/** One useless answer may be a player's doing, who made the model read out its instructions; so many are a bad model. */
const USELESS_TO_BE_DOWN = 5;

/** The mind of a model, for whom other ones may answer: see createFallbackMind. */
export function createWatchedMind(
  mind: Mind,
  { server, hasOwnTime = false, onFailure, onAnswer }: WatchedMindOptions = {},
): WatchedMind {
  let uselessInARow = 0;
  let isDown = false;
  const modelOf = (persona: Persona) => modelFor(persona, { server, model: mind.model ?? mind.name });

  function noteFailure(error: unknown, model: string): void {
    const { kind = 'server', reason = null } = error instanceof ModelError ? error : {};
    // The caller left: that is nobody's failure.
    if (reason === 'given_up') return;
    if (kind === 'answer') uselessInARow += 1;
    const foundDown = kind === 'server' || (kind === 'answer' && uselessInARow >= USELESS_TO_BE_DOWN);
    isDown ||= foundDown;
    onFailure?.(error, { isDown: foundDown, model, tokens: tokensSpent(error) });
  }

  async function watch<Answer extends AnswerSource>(
    { persona }: Speakers,
    answering: Promise<Answer>,
  ): Promise<Answer> {
    const model = modelOf(persona);
    try {
      const answered = await answering;
      uselessInARow = 0;
      isDown = false;
      onAnswer?.({ model, tokens: answered.tokens });
      return answered;
    } catch (error) {
      noteFailure(error, model);
      throw error;
    }
  }

  return {
    name: mind.name,
    model: mind.model,
    hasOwnTime,
    isDown: () => isDown,
    speak: (line, signal) => watch(line, mind.speak(line, signal)),
    decide: (situation, signal) => watch(situation, mind.decide(situation, signal)),
    feel: (event, signal) => watch(event, mind.feel(event, signal)),
    offer: (moment, signal) => watch(moment, mind.offer(moment, signal)),
    shout: (cue, signal) => watch(cue, mind.shout(cue, signal)),
    play: (scene, signal) => watch(scene.cast[0], mind.play(scene, signal)),
  };
}
