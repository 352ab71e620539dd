import { setTimeout as delay } from 'node:timers/promises';

export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

/**
 * Sends each when it is due, whatever became of those before: what is slow cannot slow the load down. The milliseconds of
 * each from when it was due, the shortest first.
 */
export async function offer(
  { perSecond, seconds }: Pace,
  send: (at: number) => Promise<void>,
): Promise<number[]> {
  const startMs = performance.now();
  const sent = Array.from({ length: Math.round(perSecond * seconds) }, async (_, at) => {
    const dueMs = startMs + (at * 1_000) / perSecond;
    await delay(dueMs - performance.now());
    await send(at);
    return performance.now() - dueMs;
  });
  return (await Promise.all(sent)).sort((one, other) => one - other);
}

/** Of sorted ones; NaN of none. */
export function partOf(sorted: readonly number[], part: number): number {
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}
