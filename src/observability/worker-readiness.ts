import type { BreakerState } from '../base/breaker.ts';
import type { RequestError } from '../base/errors.ts';
import type { Readiness } from './monitor-pages.ts';

/** What of a worker decides whether it serves. */
export interface Vitals {
  readonly isHeartbeatFresh: boolean;
  readonly isOutboxFull: boolean;
  readonly breaker: BreakerState;
  readonly lastError: RequestError | undefined;
  readonly isStopping: boolean;
}

/**
 * A worker is ready while it claims: not before its first heartbeat (`trouble` says why there was none), and not for the
 * reasons that are told.
 */
export function readinessOf(vitals: Vitals | undefined, trouble: string | undefined): Readiness {
  if (vitals === undefined) return { isReady: false, reasons: [trouble ?? 'The worker is not started yet.'] };
  const { isHeartbeatFresh, isOutboxFull, breaker, lastError, isStopping } = vitals;
  const reasons = [
    ...(isStopping ? ['The worker stops: calls under way end, and nothing is claimed.'] : []),
    ...(isHeartbeatFresh
      ? []
      : ['No heartbeat could be written for 8 s: the database cannot be reached, and nothing is claimed.']),
    ...(isOutboxFull
      ? ['Answers wait for the database, as many as there is room for: nothing is claimed.']
      : []),
    ...(breaker === 'closed'
      ? []
      : [`The AI service is down: ${lastError?.message ?? 'no reason is known.'}`]),
  ];
  return { isReady: reasons.length === 0, reasons };
}
