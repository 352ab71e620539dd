/** The times that an overview looks back over, each is cut into as many buckets as a chart shows well. */
const WINDOWS = {
  '15m': { windowMs: 15 * 60_000, bucketMs: 30_000 },
  '1h': { windowMs: 3_600_000, bucketMs: 2 * 60_000 },
  '24h': { windowMs: 24 * 3_600_000, bucketMs: 3_600_000 },
  '7d': { windowMs: 7 * 24 * 3_600_000, bucketMs: 6 * 3_600_000 },
} as const;

export type WindowName = keyof typeof WINDOWS;

export const WINDOW_NAMES = Object.keys(WINDOWS) as readonly WindowName[];

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Buckets begin at whole multiples of their length, so that what was found of one holds for the next look. The last ends now. */
export function bucketsOf(name: WindowName, nowMs: number): Span[] {
  const { windowMs, bucketMs } = WINDOWS[name];
  const firstMs = Math.floor((nowMs - windowMs) / bucketMs) * bucketMs;
  const count = Math.ceil((nowMs - firstMs) / bucketMs);
  return Array.from({ length: count }, (_, index) => {
    const fromMs = firstMs + index * bucketMs;
    return { fromMs, toMs: Math.min(fromMs + bucketMs, nowMs) };
  });
}
