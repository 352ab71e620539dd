import { errorTextOf, isObject } from './error-text.ts';

/** Request types that only look something up; every other type sends its data. */
const GET_TYPES: ReadonlySet<string> = new Set(['http_get', 'health_check']);

/** The HTTP method for a request type. */
export function methodOf(requestType: string): 'GET' | 'POST' {
  return GET_TYPES.has(requestType) ? 'GET' : 'POST';
}

/**
 * Why a 2xx answer is none: some services say 200 where they mean an error. `{"success": false}` is a failure whatever
 * else is there; a non-empty `error` is one unless `text` or `response` holds an answer beside it.
 *
 * @param answer the parsed answer
 * @returns the service's own words, "" when it gives none; undefined for a good answer
 */
export function refusalOf(answer: unknown): string | undefined {
  if (!isObject(answer)) return undefined;
  const hasAnswer = isFilled(answer['text']) || isFilled(answer['response']);
  const isFailure = answer['success'] === false || (isFilled(answer['error']) && !hasAnswer);
  return isFailure ? (errorTextOf(answer) ?? '') : undefined;
}

function isFilled(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== '';
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
