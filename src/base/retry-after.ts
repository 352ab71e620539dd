/** The start of the three date formats of RFC 9110: Date.parse alone would take "later 5" for a day in May 2001. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d/;
const SECONDS = /^-?\d{1,12}(\.\d{1,9})?$/;

/**
 * Reads Retry-After (RFC 9110, section 10.2.3): seconds or an HTTP date. The date is compared with the response's own
 * Date and never with this machine's clock, which may disagree.
 *
 * @returns milliseconds from now, 0 at least; null without the header, when it makes no sense, and for a date in a
 *   response without its own
 */
export function retryAfterMs(retryAfter: string | undefined, date: string | undefined): number | null {
  const text = retryAfter?.trim();
  if (!text) return null;
  if (SECONDS.test(text)) return Math.max(0, Math.round(Number(text) * 1000));
  const at = parseHttpDate(text);
  const now = parseHttpDate(date?.trim());
  return at === undefined || now === undefined ? null : Math.max(0, at - now);
}

function parseHttpDate(text: string | undefined): number | undefined {
  if (text === undefined || !HTTP_DATE.test(text)) return undefined;
  // The oldest of the three formats does not name its zone; all three are GMT.
  const ms = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(ms) ? undefined : ms;
}
