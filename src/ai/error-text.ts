/** Long enough for a sentence, short enough for a log line. */
const MAX_CHARACTERS = 200;
/** Control bytes, line separators, marks that turn the direction of text, and halves of a surrogate pair. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Foreign text made fit for an error message: one line of at most 200 characters. */
export function cleanText(text: string): string {
  return text.slice(0, MAX_CHARACTERS).replace(UNPRINTABLE, ' ').trim();
}

/**
 * What a service says about its own failure: {error: {message}}, {error: "…"}, {message: "…"} or {detail: "…"}.
 * Nothing else of a body is ever quoted, because it may hold what a player said.
 */
export function errorTextOf(body: unknown): string | undefined {
  if (!isObject(body)) return undefined;
  const { error, message, detail } = body;
  const candidates = [isObject(error) ? error['message'] : error, message, detail];
  const found = candidates.find((candidate) => typeof candidate === 'string' && cleanText(candidate) !== '');
  return typeof found === 'string' ? cleanText(found) : undefined;
}
