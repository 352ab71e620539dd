import { errorTextOf, isObject } from './error-text.ts';

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
