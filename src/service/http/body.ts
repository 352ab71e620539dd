import type { z } from 'zod';
import { faultPosition } from '../../base/json-fault.ts';
import { type Refusal, refuse } from './http-error.ts';

/** A body that is JSON, with the bytes that it came as. */
export interface JsonBody {
  readonly json: unknown;
  readonly bytes: Uint8Array;
}

/** A body that fits its schema, or what is wrong with it. */
export type CheckedBody<Body> = { readonly body: Body } | Refusal;

/** Checks a body by the schema of its endpoint. */
export function checkFields<Schema extends z.ZodType>(
  json: unknown,
  schema: Schema,
): CheckedBody<z.infer<Schema>> {
  const result = schema.safeParse(json);
  if (result.success) return { body: result.data };
  const [issue] = result.error.issues;
  if (issue === undefined || issue.path.length === 0)
    return refuse('bad_json', `The body must be a JSON object; it was ${show(json)}.`);
  const message = `The field ${issue.path.join('.')} ${issue.message}; it was ${show(valueAt(json, issue.path))}.`;
  return refuse('bad_field', message);
}

/** The bytes of a body as JSON. */
export function parseJson(bytes: Uint8Array): JsonBody | Refusal {
  try {
    return { json: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), bytes };
  } catch (error) {
    const reason = bytes.length === 0 ? 'is empty' : `is not JSON in UTF-8${faultPosition(error)}`;
    return refuse('bad_json', `The body ${reason}. Send a JSON object such as {"message": "Hello"}.`);
  }
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    body,
  );
}

/**
 * What a wrong value is, without its words: they may be a player's, and the worker logs and stores this. Never JSON.stringify
 * of an object: that one overflows the stack on deep nesting.
 */
function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  // JSON has no Infinity, which is what 1e999 is read as.
  if (typeof value !== 'string') return String(value);
  if (value.trim() === '') return value === '' ? 'an empty text' : 'a text of blanks';
  return `a text of ${value.length} characters`;
}
