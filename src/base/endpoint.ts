/** In UTF-8: the column of ai_requests as the document made it. */
const MAX_BYTES = 255;
/** What may stand in the request line of HTTP/1.1 without a second meaning. */
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
/** Each of these could leave the configured service or reach another path than the one that is written. */
const FORBIDDEN = ['//', '..', '#', '\\', '%2e', '%2f', '%5c'] as const;

/**
 * Why an endpoint cannot be called, as the end of a sentence that begins with it; undefined when it is a path on the
 * configured service and nothing else. The C++ commands follow the same rules.
 */
export function endpointFault(endpoint: string): string | undefined {
  if (!endpoint.startsWith('/')) return 'does not begin with /';
  if (Buffer.byteLength(endpoint) > MAX_BYTES) return `has more than ${MAX_BYTES} bytes`;
  if (!VISIBLE_ASCII.test(endpoint)) return 'has a character outside visible ASCII; percent-encode it';
  const lower = endpoint.toLowerCase();
  const found = FORBIDDEN.find((part) => lower.includes(part));
  return found === undefined ? undefined : `contains ${found}`;
}
