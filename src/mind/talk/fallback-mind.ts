import { type Clock, systemClock } from '../../base/clock.ts';
import { isGivenUp } from '../../base/deadline-signal.ts';
import { cannedReasonOf, ModelError, tokensSpent } from '../../providers/model-error.ts';
import { NO_TOKENS, type TokenCount } from '../../providers/token-count.ts';
import type { AnswerSource, Mind } from './mind.ts';
import { startShare } from './time-share.ts';
import type { WatchedMind } from './watched-mind.ts';

type Models = readonly [WatchedMind, ...WatchedMind[]];

/**
 * Asks the models in their order, and the last mind where all of them fail; the answer says which of them spoke, and its
 * tokens count what was spent on all. Without a last one, an AiIpcError goes on to the caller; so does one for which the
 * NPC says a canned line (see cannedReasonOf), and any where nobody waits any more. A model gets half of the time while others could answer after it.
 *
 * The last one begins when the deadline may be over: it has to be one that answers at once, such as scripted.
 */
export function createFallbackMind(models: Models, last: Mind | null, clock: Clock = systemClock): Mind {
  async function answer<Answer extends AnswerSource>(
    ask: (mind: Mind, signal: AbortSignal) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const failures: unknown[] = [];
    for (const [index, model] of models.entries()) {
      // Whoever begins now has no time left, but the first one tells why.
      if (index > 0 && signal.aborted) break;
      const isLast = model.hasOwnTime || models.slice(index + 1).every((one) => one.isDown());
      const share = startShare(signal, { clock, isLast });
      try {
        return withSpent(await ask(model, share.signal), failures);
      } catch (error) {
        failures.push(error);
        // What one server's filter refuses is not tried on the next one.
        if (cannedReasonOf(error) === 'refused' && isCanned(error)) break;
      } finally {
        share.end();
      }
    }
    if (last === null || isGivenUp(signal) || failures.some(isCanned)) throw whole(failures);
    return withSpent(await ask(last, signal), failures);
  }

  return {
    name: models[0].name,
    model: models[0].model,
    speak: (line, signal) => answer((mind, share) => mind.speak(line, share), signal),
    decide: (situation, signal) => answer((mind, share) => mind.decide(situation, share), signal),
    feel: (event, signal) => answer((mind, share) => mind.feel(event, share), signal),
    offer: (moment, signal) => answer((mind, share) => mind.offer(moment, share), signal),
    shout: (cue, signal) => answer((mind, share) => mind.shout(cue, share), signal),
    play: (scene, signal) => answer((mind, share) => mind.play(scene, share), signal),
  };
}

/** What is only too long for a model is not for the next mind. */
function isCanned(error: unknown): boolean {
  return cannedReasonOf(error) !== null && !(error instanceof ModelError && error.reason === 'too_long');
}

/** The one to be told: for which there is a canned line, else that says when to come again, else of the wanted model. */
function whole(failures: readonly unknown[]): unknown {
  const isBusy = (error: unknown) => error instanceof ModelError && error.kind === 'load';
  const told = failures.find(isCanned) ?? failures.find(isBusy) ?? failures[0];
  return told instanceof ModelError && failures.length > 1 ? told.withTokens(spentOn(failures)) : told;
}

function withSpent<Answer extends AnswerSource>(answered: Answer, failures: readonly unknown[]): Answer {
  return { ...answered, tokens: sumOf(answered.tokens, spentOn(failures)) };
}

function spentOn(failures: readonly unknown[]): TokenCount {
  return failures.map(tokensSpent).reduce(sumOf, NO_TOKENS);
}

function sumOf(one: TokenCount, other: TokenCount): TokenCount {
  return { prompt: one.prompt + other.prompt, completion: one.completion + other.completion };
}
