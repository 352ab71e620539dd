/**
 * How pauses grow while something fails, or is not there yet. Who waits has the numbers: those of a failed request are in
 * queue/retry-policy.ts.
 */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** How many times longer each pause is than the one before. Default 2. */
  readonly factor?: number;
}

/** The pause after so many tries in vain (from 1). Where many wait for the same thing, the caller adds chance to it. */
export function backoffMs({ firstMs, longestMs, factor = 2 }: Backoff, tries: number): number {
  return Math.min(longestMs, firstMs * factor ** (tries - 1));
}
