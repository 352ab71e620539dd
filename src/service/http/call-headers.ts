import { type Refusal, refuse } from './http-error.ts';

/** Milliseconds that the caller still waits; the worker sends it with each call. */
const DEADLINE_HEADER = 'X-Deadline-Ms';
const MILLISECONDS = /^\d{1,9}(\.\d{1,9})?$/;

/** Of the request, lower first: whose turn it is where several wait for a model. The worker sends it with each call. */
const PRIORITY_HEADER = 'X-AI-IPC-Priority';
const DEFAULT_PRIORITY = 5;
/** Any number that a row can hold. */
const WHOLE_NUMBER = /^-?\d{1,10}$/;

const KEY_HEADER = 'Idempotency-Key';
const MAX_KEY_CHARACTERS = 255;

/** The worker sends the script's NPC here, percent-encoded. */
export const SOURCE_NPC_HEADER = 'X-AI-IPC-Source-Npc';

/** The worker sends it with each call for a request of the queue, whoever wrote that request. */
const ATTEMPT_HEADER = 'X-AI-IPC-Attempt';

/** Whether the call is made for a request of the queue: whoever may insert one chose its path, and reads its answer. */
export function isForRequest({ headers }: Request): boolean {
  return headers.has(ATTEMPT_HEADER);
}

/** What the header says, else the service's own time; the milliseconds from now. */
export function deadlineMsOf(request: Request, defaultMs: number): number | Refusal {
  const text = request.headers.get(DEADLINE_HEADER)?.trim();
  if (!text) return defaultMs;
  if (MILLISECONDS.test(text)) return Number(text);
  const message = `The header ${DEADLINE_HEADER} must be a number of milliseconds; it was ${JSON.stringify(text.slice(0, 60))}.`;
  return refuse('bad_field', message);
}

/** What the header says, else that of a request that names none. */
export function priorityOf(request: Request): number | Refusal {
  const text = request.headers.get(PRIORITY_HEADER)?.trim();
  if (!text) return DEFAULT_PRIORITY;
  if (WHOLE_NUMBER.test(text)) return Number(text);
  const message = `The header ${PRIORITY_HEADER} must be a whole number; it was ${JSON.stringify(text.slice(0, 60))}.`;
  return refuse('bad_field', message);
}

/** The NPC that the worker's header names; null without one. */
export function sourceNpcOf({ headers }: Request): string | null {
  const encoded = headers.get(SOURCE_NPC_HEADER)?.trim();
  if (!encoded) return null;
  try {
    return decodeURIComponent(encoded);
  } catch {
    // Not every client encodes: "50% off" is a name too.
    return encoded;
  }
}

/** Undefined behaviour of keys starts with keys that are cut: too long a one is refused. */
export function idempotencyKeyOf({ headers }: Request): string | null | Refusal {
  const key = headers.get(KEY_HEADER)?.trim();
  if (!key) return null;
  if (key.length <= MAX_KEY_CHARACTERS) return key;
  return refuse('bad_field', `The header ${KEY_HEADER} must have at most ${MAX_KEY_CHARACTERS} characters.`);
}
