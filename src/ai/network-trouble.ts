import type { AiResult } from './ai-result.ts';
import { cleanText } from './error-text.ts';
import type { Progress } from './exchange.ts';

/**
 * How long a connection may take to stand. Room for three tries of TCP (0, 1 and 3 s); after that the call fails and
 * the next begins anew, which finds a service that is back sooner than waiting on would.
 */
export const CONNECT_TIMEOUT_MS = 4000;

const HUNG_UP = 'it hung up before it answered';
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: HUNG_UP,
  EPIPE: HUNG_UP,
  UND_ERR_SOCKET: HUNG_UP,
  ENOTFOUND: 'this host name is not known',
  EAI_AGAIN: 'the name server does not answer',
  EHOSTUNREACH: 'no route leads there',
  ENETUNREACH: 'no route leads there',
  UND_ERR_CONNECT_TIMEOUT: `no connection within ${CONNECT_TIMEOUT_MS} ms`,
  UND_ERR_HEADERS_OVERFLOW: 'its response headers are over 16 KiB',
};
/** What a broken exchange means: no way to the service, or an answer cut in the middle. */
export function brokenResult(
  error: Error,
  progress: Progress,
  context: { what: string; origin: string },
): AiResult {
  const code = codeOf(error);
  const { what, origin } = context;
  if (progress.status !== undefined) {
    const message = `The answer to ${what} broke off after ${progress.receivedBytes} bytes (${code}): the connection was closed, or its content-length is wrong.`;
    return serviceDown('answer_cut', message, progress);
  }
  const message = `The AI service at ${origin} cannot be reached (${reasonOf(error, code)}). Check that it runs and that ai_service_base_url is right.`;
  return serviceDown('ai_unreachable', message, progress);
}

/** No whole answer at the deadline. */
export function timeoutResult(timeoutMs: number, progress: Progress, what: string): AiResult {
  const message = `The AI service gave no whole answer to ${what} within ${Math.round(timeoutMs)} ms (${stageOf(progress)}). The limit is ai_service_timeout or what was left of the request's life.`;
  return serviceDown('attempt_timeout', message, progress);
}

function stageOf({ isSent, status, receivedBytes }: Progress): string {
  if (status !== undefined) return `HTTP ${status} and ${receivedBytes} bytes came`;
  return isSent ? 'the request was sent, nothing came' : 'no connection yet';
}

function serviceDown(
  code: 'ai_unreachable' | 'answer_cut' | 'attempt_timeout',
  message: string,
  { isSent }: Progress,
): AiResult {
  return {
    kind: 'trouble',
    error: { code, message },
    isServiceDown: true,
    hasReachedNobody: !isSent,
    retryAfterMs: null,
  };
}

function reasonOf(error: Error, code: string): string {
  // undici 7 gives some of these a code (HPE_…) and some none: the name is always there.
  if (error.name === 'HTTPParserError') return `what it sent is not HTTP/1.1; ${code}`;
  const reason = REASONS[code] ?? cleanText(error.message);
  return reason === '' || reason === code ? code : `${reason}; ${code}`;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
