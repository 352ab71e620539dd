import OpenAI from 'openai';
import { AiIpcError, messageOf } from '../../base/errors.ts';
import { cleanAnswer } from '../answer/clean-answer.ts';
import { ModelError } from '../talk/mind-error.ts';
import { noCompletion } from './completion.ts';

/** Where a call failed, and how long it had been waited for. */
export interface Failure {
  readonly server: { readonly baseUrl: string; readonly apiKey: string | null; readonly timeoutMs: number };
  readonly signal: AbortSignal;
  readonly waitedMs: number;
}

/** Tells what went wrong in a call, from what the client threw. */
export function toModelError(error: unknown, { server, signal, waitedMs }: Failure): ModelError {
  if (error instanceof ModelError) return error;
  if (signal.aborted || error instanceof OpenAI.APIConnectionTimeoutError) {
    const message = `The model server at ${placeOf(server)} gave no answer within ${Math.round(waitedMs)} ms: the request's deadline, or AI_MODEL_TIMEOUT (${server.timeoutMs} ms). Use a faster model, or allow more.`;
    return new ModelError('model_timeout', message, { cause: error, isOutage: true });
  }
  // What the limited fetch threw arrives inside the client's own error.
  if (error instanceof Error && error.cause instanceof AiIpcError) {
    return new ModelError('model_failed', error.cause.message, { cause: error });
  }
  if (error instanceof SyntaxError) return noCompletion();
  const refusal = refusalOf(error);
  if (refusal.status > 0) return refused(refusal, server);
  const message = `The model server at ${placeOf(server)} did not answer: ${reasonOf(error)}. Check that it runs, and AI_PROVIDER_URL.`;
  return new ModelError('model_failed', message, { cause: error, isOutage: true });
}

const ADVICE: Readonly<Record<number, string>> = {
  401: 'Check AI_API_KEY.',
  403: 'Check AI_API_KEY and what it may do.',
  404: 'Check AI_MODEL, and AI_PROVIDER_URL: most servers want it to end in /v1.',
  429: 'It has too much to do, or the account has no credit left.',
};

/** What these say is about the key or the model. Others may repeat the whole request, and with it what a player said. */
const TELLABLE = new Set([401, 403, 404]);

/** Without the client's error as cause: it has the server's words, and they would reach the log with it. */
function refused({ status, words }: Refusal, server: Failure['server']): ModelError {
  const advice = ADVICE[status] ?? adviceByKind(status);
  const told = TELLABLE.has(status)
    ? ` (${withoutKey(cleanAnswer(words, { maxCharacters: 200 }), server)})`
    : '';
  const message = `The model server at ${placeOf(server)} answered HTTP ${status}${told}. ${advice}`;
  return new ModelError('model_failed', message, { isOutage: status === 429 || status >= 500 });
}

function adviceByKind(status: number): string {
  if (status >= 500) return 'Look into its log.';
  if (status < 400) return 'Check AI_PROVIDER_URL: it leads elsewhere, and redirects are not followed.';
  return 'Check AI_MODEL and the model settings of the persona.';
}

function withoutKey(words: string, { apiKey }: Failure['server']): string {
  return apiKey ? words.replaceAll(apiKey, '***') : words;
}

/** The error of a call that is not made. */
export function paused(server: Failure['server']): ModelError {
  const message = `The model server at ${placeOf(server)} failed ten times in a row; it is asked once a second until it answers.`;
  return new ModelError('model_failed', message, { isOutage: true });
}

/** Host and port: a URL may hold a key. */
function placeOf({ baseUrl }: Failure['server']): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl;
}

/** The client says "Connection error."; why, stands in its causes. */
function reasonOf(error: unknown): string {
  let innermost = error;
  for (let depth = 0; depth < 5 && innermost instanceof Error && innermost.cause; depth += 1) {
    innermost = innermost.cause;
  }
  const code = innermost instanceof Error && 'code' in innermost ? innermost.code : undefined;
  return messageOf(innermost) || String(code);
}

interface Refusal {
  readonly status: number;
  readonly words: string;
}

/** The status of an error response, 0 when there was none, and what the server says of it. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof OpenAI.APIError)) return { status: 0, words: '' };
  const param = typeof error.param === 'string' ? `${error.param}: ` : '';
  // The client puts the status before them.
  const words = `${param}${error.message.replace(/^\d{3} /, '')}`;
  return { status: typeof error.status === 'number' ? error.status : 0, words };
}
