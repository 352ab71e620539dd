import { Buffer } from 'node:buffer';

/** The codes of the service's error answers and their HTTP status. docs/ai-service.md explains each. */
export const HTTP_ERRORS = {
  bad_json: 400,
  bad_field: 400,
  not_found: 404,
  method_not_allowed: 405,
  body_too_large: 413,
  internal: 500,
} as const;

export type HttpErrorCode = keyof typeof HTTP_ERRORS;

/** What a caller did wrong, as a value: it is returned, not thrown. */
export interface Refusal {
  readonly refused: HttpErrorCode;
  /** For a person: what is wrong, with which value, what to send instead. */
  readonly message: string;
}

export function refuse(refused: HttpErrorCode, message: string): Refusal {
  return { refused, message };
}

/** The error answer: {"error": {"code": …, "message": …}}. */
export function toErrorResponse(
  { refused, message }: Refusal,
  headers: Record<string, string> = {},
): Response {
  return toJsonResponse({ error: { code: refused, message } }, { status: HTTP_ERRORS[refused], headers });
}

/** A JSON answer that says its length, so that a client sees when it was cut. */
export function toJsonResponse(
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Response {
  const text = JSON.stringify(body);
  const length = String(Buffer.byteLength(text));
  return new Response(text, {
    status,
    headers: { 'Content-Type': 'application/json', 'Content-Length': length, ...headers },
  });
}
