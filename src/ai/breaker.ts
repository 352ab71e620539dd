import { Breaker, type Sign } from '../base/breaker.ts';
import type { Clock } from '../base/clock.ts';
import type { AiResult } from './ai-result.ts';

/** Keeps calls away from an AI service that is down, so that requests wait in the queue and not on sockets. */
export type AiBreaker = Breaker<AiResult>;

export function createBreaker(clock: Clock): AiBreaker {
  return new Breaker(clock, signOf);
}

/** A service that fails, refuses or takes too long is there; for the last see slow-endpoints.ts. */
function signOf(result: AiResult): Sign {
  if (result.kind === 'aborted') return 'neither';
  return result.kind === 'trouble' && result.isServiceDown ? result.error : 'up';
}

/**
 * Makes the call if the breaker lets it. A call that its request's short life cut (`isImpatient`) says little about the
 * service: for the breaker it counts as aborted.
 */
export async function callThrough(
  breaker: AiBreaker,
  call: (taken: () => void) => Promise<AiResult>,
  { isImpatient }: { isImpatient: boolean },
): Promise<AiResult | 'rejected'> {
  let cut: AiResult | undefined;
  // Where somebody before the service said that it is away (502, 503), he takes calls all the same.
  const isProof = breaker.lastError()?.code === 'ai_unreachable';
  const result = await breaker.run(async (taken) => {
    const ended = await call(isProof ? taken : () => undefined);
    if (!isImpatient || !isTimeout(ended)) return ended;
    cut = ended;
    return { kind: 'aborted' };
  });
  return cut ?? result;
}

function isTimeout(result: AiResult): boolean {
  return result.kind === 'trouble' && result.error.code === 'attempt_timeout';
}
