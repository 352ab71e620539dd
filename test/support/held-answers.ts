import { type Behaviour, behaviours } from './ai-stub.ts';

export interface HeldAnswers {
  readonly behaviour: Behaviour;
  /** Answers the calls that wait, and from now on every one at once. */
  release(): void;
}

/** Calls that are answered when the test says so: what has to happen before that, does so on any machine. */
export function holdAnswers(then: Behaviour = behaviours.echo()): HeldAnswers {
  const waiting: (() => void)[] = [];
  let isReleased = false;
  return {
    behaviour(call, response) {
      const answer = () => then(call, response);
      if (isReleased) answer();
      else waiting.push(answer);
    },
    release() {
      isReleased = true;
      for (const answer of waiting.splice(0)) answer();
    },
  };
}
