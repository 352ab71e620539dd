import { Buffer } from 'node:buffer';
import { AiIpcError } from '../../base/errors.ts';
import { packageVersion } from '../../base/version.ts';
import { ModelError } from '../../providers/model-error.ts';

/** The codes of the service's error answers and their HTTP status. docs/ai-service.md explains each. */
export const HTTP_ERRORS = {
  bad_json: 400,
  bad_field: 400,
  unauthorized: 401,
  forbidden: 403,
  from_a_page: 403,
  not_found: 404,
  method_not_allowed: 405,
  body_too_slow: 408,
  key_reused: 409,
  body_too_large: 413,
  wrong_type: 415,
  strange_host: 421,
  overloaded: 429,
  model_busy: 429,
  internal: 500,
  model_useless: 500,
  model_failed: 502,
  unavailable: 503,
  model_timeout: 504,
} as const;

export type HttpErrorCode = keyof typeof HTTP_ERRORS;

/** By it the worker tells an answer of ours from a page of what stands between (src/network/who-answered.ts). */
const SIGNED = { 'X-AI-IPC-Service': packageVersion() };

/** What cannot be answered, as a value: it is returned, not thrown. */
export interface Refusal {
  readonly refused: HttpErrorCode;
  /** For a person: what is wrong, with which value, what to send instead. */
  readonly message: string;
  /** When to come again, for the header Retry-After. */
  readonly retryAfterSeconds?: number;
}

export function refuse(
  refused: HttpErrorCode,
  message: string,
  more: Pick<Refusal, 'retryAfterSeconds'> = {},
): Refusal {
  return { refused, message, ...more };
}

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value;
}

/** Troubles that have an error answer of their own; undefined for those that only the log should tell of. */
export function toRefusal(error: unknown): Refusal | undefined {
  if (!(error instanceof AiIpcError)) return undefined;
  if (error instanceof ModelError) return toModelRefusal(error);
  if (error.code === 'model_failed' || error.code === 'model_timeout')
    return refuse(error.code, error.message);
  return undefined;
}

/** By what the trouble is about: 502 and 504 say that the model is away, which others would meet too. */
function toModelRefusal({ kind, code, message, retryAfterMs }: ModelError): Refusal {
  if (kind === 'load') {
    const retryAfterSeconds = Math.max(1, Math.ceil((retryAfterMs ?? 0) / 1000));
    return refuse('model_busy', message, { retryAfterSeconds });
  }
  if (kind === 'answer') return refuse('model_useless', message);
  return refuse(code === 'model_timeout' ? code : 'model_failed', message);
}

/** The error answer: {"error": {"code": …, "message": …}}. */
export function toErrorResponse(
  { refused, message, retryAfterSeconds }: Refusal,
  headers: Record<string, string> = {},
): Response {
  const retryAfter = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  return toJsonResponse(
    { error: { code: refused, message } },
    { status: HTTP_ERRORS[refused], headers: { ...retryAfter, ...headers } },
  );
}

/** A JSON answer that says its length, so that a client sees when it was cut. */
export function toJsonResponse(
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): Response {
  const text = JSON.stringify(body);
  const length = String(Buffer.byteLength(text));
  return new Response(text, {
    status,
    headers: { ...SIGNED, 'Content-Type': 'application/json', 'Content-Length': length, ...headers },
  });
}
