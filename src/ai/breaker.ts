import { Breaker, type Sign } from '../base/breaker.ts';
import type { Clock } from '../base/clock.ts';
import type { AiResult } from './ai-result.ts';

/** Keeps calls away from an AI service that is down, so that requests wait in the queue and not on sockets. */
export type AiBreaker = Breaker<AiResult>;

export function createBreaker(clock: Clock): AiBreaker {
  return new Breaker(clock, signOf);
}

/** A service that fails or refuses is there. */
function signOf(result: AiResult): Sign {
  if (result.kind === 'aborted') return 'neither';
  return result.kind === 'trouble' && result.isServiceDown ? result.error : 'up';
}
