import type { AiResult } from '../ai/ai-client.ts';
import type { RequestError } from '../base/errors.ts';
import type { Outcome } from '../queue/outcome.ts';
import type { ClaimedRequest } from '../queue/request.ts';
import { dataError, endpointError } from '../queue/request-rules.ts';
import { decideRetry } from '../queue/retry-policy.ts';

/** Why a row cannot be sent at all; any SQL client may have inserted it. */
export function rowError(request: ClaimedRequest): RequestError | undefined {
  return endpointError(request.endpoint) ?? (request.data === null ? undefined : dataError(request.data));
}

export interface EndedCall {
  readonly request: ClaimedRequest;
  /** The attempts of a request that names none. */
  readonly maxAttempts: number;
  /** Milliseconds that are left of the request's life now. */
  readonly lifeLeftMs: number;
  /** Whether the call's time limit was the end of the request's life, not ai_service_timeout. */
  readonly isCutByLife: boolean;
  /** Whether the breaker was open, and this call was to find out if the AI service is back. */
  readonly isTry: boolean;
}

/**
 * A try that found nobody says nothing about its request: the attempt is given back. Its pause is longer than the
 * breaker's second, so that the next try is another request's (one at which the service hangs up would keep the breaker
 * open), and short, so that a lone request is answered soon after the service is back. A service that takes the request
 * and fails (5xx, no answer in time) costs the attempt, or a broken endpoint would keep all tries for itself.
 */
const AFTER_TRY_MS = 1_500;

/** What becomes of a request by what its call gave. */
export function outcomeOf(result: Exclude<AiResult, { kind: 'aborted' }>, call: EndedCall): Outcome {
  switch (result.kind) {
    case 'answer':
      return { kind: 'completed', answer: result.body };
    case 'refused':
      return { kind: 'failed', error: result.error };
    case 'rate_limited':
      return retryOf(result, call);
    case 'trouble':
      if (call.isCutByLife && result.error.code === 'attempt_timeout')
        return { kind: 'timeout', error: result.error };
      if (call.isTry && result.error.code === 'ai_unreachable' && call.lifeLeftMs > AFTER_TRY_MS)
        return { kind: 'retry', error: result.error, delayMs: AFTER_TRY_MS, isAttemptGivenBack: true };
      return retryOf(result, call);
  }
}

/** The outcome of a request whose life ended before it could be called. */
export function neverCalled(): Outcome {
  const message = 'The life of the request ended before the AI service could be called. Raise its timeout.';
  return { kind: 'timeout', error: { code: 'expired', message } };
}

function retryOf(
  result: Extract<AiResult, { kind: 'trouble' | 'rate_limited' }>,
  { request, maxAttempts, lifeLeftMs }: EndedCall,
): Outcome {
  const isTrouble = result.kind === 'trouble';
  const hasReachedNobody = isTrouble && result.hasReachedNobody;
  return decideRetry({
    error: result.error,
    attempt: request.attempt,
    maxAttempts: request.maxAttempts ?? maxAttempts,
    claimNo: request.claimNo,
    lifeLeftMs,
    retryAfterMs: result.retryAfterMs,
    isAttemptGivenBack: !isTrouble || hasReachedNobody,
    hasReachedNobody,
    isServiceDown: isTrouble && result.isServiceDown,
  });
}
