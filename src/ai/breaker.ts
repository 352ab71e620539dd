import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult } from 'cockatiel';
import type { Clock } from '../base/clock.ts';
import type { RequestError } from '../base/errors.ts';
import type { AiResult } from './ai-result.ts';

export type BreakerState = 'closed' | 'open' | 'half_open';

/** Keeps calls away from an AI service that is down, so that requests wait in the queue and not on sockets. */
export interface Breaker {
  readonly state: BreakerState;
  /** How many calls may be started now: Infinity when closed, 1 when a try is due and none is under way, else 0. */
  allowance(): number;
  /** Makes the call if the allowance is not used up, and learns from its result. */
  run(call: () => Promise<AiResult>): Promise<AiResult | 'rejected'>;
  /** Milliseconds until allowance() may change; 0 when closed or when a try is due. */
  retryInMs(): number;
  /** The latest result that said the service is down. */
  lastError(): RequestError | undefined;
  onChange(listener: (state: BreakerState) => void): void;
}

/** This many results in a row say that the service is down: a few lost calls are no outage. */
const DOWN_RESULTS_TO_OPEN = 10;
/** Between two tries: short, because nobody is answered meanwhile, and one call a second burdens nobody. */
const OPEN_MS = 1000;
const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
};

/**
 * Cockatiel counts and keeps the state; three things it would do otherwise are done here. It measures the pause with
 * the wall clock, which may be set back: its own pause is none, and `clock` says when a try is due. It knows results
 * as good or bad, but an aborted call is neither. And it would count the results of calls that began before it
 * opened: while closed it is only told of results, and after it opened only the try's counts.
 */
export function createBreaker(clock: Clock): Breaker {
  const policy = circuitBreaker(
    handleWhenResult((result) => !isUp(result as AiResult)),
    { breaker: new ConsecutiveBreaker(DOWN_RESULTS_TO_OPEN), halfOpenAfter: Number.NEGATIVE_INFINITY },
  );
  let openedAtMs = 0;
  /** Bad results since the last good one: without any there is nothing that a good one would change. */
  let hasBad = false;
  let lastError: RequestError | undefined;
  policy.onBreak(() => {
    openedAtMs = clock.nowMs();
  });

  function retryInMs(): number {
    if (policy.state === CircuitState.Closed) return 0;
    if (policy.state === CircuitState.HalfOpen) return OPEN_MS;
    return Math.max(0, openedAtMs + OPEN_MS - clock.nowMs());
  }

  function allowance(): number {
    if (policy.state === CircuitState.Closed) return Number.POSITIVE_INFINITY;
    return policy.state === CircuitState.Open && retryInMs() === 0 ? 1 : 0;
  }

  async function observed(call: () => Promise<AiResult>): Promise<AiResult> {
    const result = await call();
    if (isDown(result)) lastError = result.error;
    return result;
  }

  async function runClosed(call: () => Promise<AiResult>): Promise<AiResult> {
    const result = await observed(call);
    const isNews = hasBad || isDown(result);
    if (!isNews || result.kind === 'aborted' || policy.state !== CircuitState.Closed) return result;
    hasBad = isDown(result);
    await policy.execute(() => result);
    return result;
  }

  return {
    get state() {
      return STATES[policy.state];
    },
    allowance,
    async run(call) {
      if (allowance() === 0) return 'rejected';
      // An aborted try proved nothing: like a failed one, it leaves the breaker open for another second.
      return policy.state === CircuitState.Closed ? runClosed(call) : policy.execute(() => observed(call));
    },
    retryInMs,
    lastError: () => lastError,
    onChange(listener) {
      policy.onStateChange((state) => listener(STATES[state]));
    },
  };
}

function isDown(result: AiResult): result is Extract<AiResult, { kind: 'trouble' }> {
  return result.kind === 'trouble' && result.isServiceDown;
}

function isUp(result: AiResult): boolean {
  return result.kind !== 'aborted' && !isDown(result);
}
