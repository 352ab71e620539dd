import { codeOf, reasonFor } from '../network/reasons.ts';
import type { NamedProxy } from '../network/way.ts';
import type { AiResult } from './ai-result.ts';
import type { Progress } from './exchange.ts';

/**
 * How long a connection may take to stand. Room for three tries of TCP (0, 1 and 3 s); after that the call fails and
 * the next begins anew, which finds a service that is back sooner than waiting on would.
 */
export const CONNECT_TIMEOUT_MS = 4000;

const NAMES = {
  urlSetting: 'ai_service_base_url',
  caSetting: 'AI_SERVICE_CA',
  connectTimeoutMs: CONNECT_TIMEOUT_MS,
} as const;

/** What a broken exchange means: no way to the service, or an answer cut in the middle. */
export function brokenResult(
  error: Error,
  progress: Progress,
  { what, origin, proxy }: { what: string; origin: string; proxy: NamedProxy | undefined },
): AiResult {
  if (progress.status !== undefined) {
    const message = `The answer to ${what} broke off after ${progress.receivedBytes} bytes (${codeOf(error)}): the connection was closed, or its content-length is wrong.`;
    return troubleOf('answer_cut', message, { progress, isServiceDown: true });
  }
  const { why, remedy } = reasonFor(error, { ...NAMES, proxy, origin });
  const message = `The AI service at ${origin} cannot be reached (${why}). ${remedy || 'Check that it runs and that ai_service_base_url is right.'}`;
  return troubleOf('ai_unreachable', message, { progress, isServiceDown: true });
}

/** No whole answer at the deadline. A service that was reached is there, and slow: that is for its endpoint alone. */
export function timeoutResult(timeoutMs: number, progress: Progress, what: string): AiResult {
  const message = `The AI service gave no whole answer to ${what} within ${Math.round(timeoutMs)} ms (${stageOf(progress)}). The limit is ai_service_timeout or what was left of the request's life.`;
  return troubleOf('attempt_timeout', message, { progress, isServiceDown: !progress.isSent });
}

function stageOf({ isSent, status, receivedBytes }: Progress): string {
  if (status !== undefined) return `HTTP ${status} and ${receivedBytes} bytes came`;
  return isSent ? 'the request was sent, nothing came' : 'no connection yet';
}

function troubleOf(
  code: 'ai_unreachable' | 'answer_cut' | 'attempt_timeout',
  message: string,
  { progress, isServiceDown }: { readonly progress: Progress; readonly isServiceDown: boolean },
): AiResult {
  return {
    kind: 'trouble',
    error: { code, message },
    isServiceDown,
    hasReachedNobody: !progress.isSent,
    retryAfterMs: null,
  };
}
