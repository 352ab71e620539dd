import { systemClock } from '../../base/clock.ts';

/** How long something took, many times. */
export interface Figures {
  readonly count: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

export interface Bounds {
  /** For how long it is done again and again. */
  readonly ms: number;
  /** And how often at the most. */
  readonly most: number;
  /** How many do it beside each other. Default 1. */
  readonly atOnce?: number;
  readonly signal: AbortSignal;
}

/** The first ones are slower: code is compiled, connections are opened. They are not counted. */
const WARM_UP = 10;
const WARM_UP_MS = 1_000;

/** Does `work` again and again within the bounds; undefined where it was stopped before the first was done. */
export async function measure(work: () => Promise<unknown>, bounds: Bounds): Promise<Figures | undefined> {
  const warmUp = { ...bounds, ms: Math.min(WARM_UP_MS, bounds.ms / 4), most: WARM_UP };
  await repeat(work, warmUp);
  const startMs = systemClock.nowMs();
  const times = await repeat(work, bounds);
  return times.length === 0 ? undefined : figuresOf(times, systemClock.nowMs() - startMs);
}

/** The milliseconds of each. */
async function repeat(
  work: () => Promise<unknown>,
  { ms, most, atOnce = 1, signal }: Bounds,
): Promise<number[]> {
  const times: number[] = [];
  const untilMs = systemClock.nowMs() + ms;
  let begun = 0;
  const one = async () => {
    while (!signal.aborted && begun < most && systemClock.nowMs() < untilMs) {
      begun += 1;
      const startMs = systemClock.nowMs();
      await work();
      times.push(systemClock.nowMs() - startMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return times;
}

/** `times` in milliseconds, `wholeMs` from the first one's begin to the last one's end. */
export function figuresOf(times: readonly number[], wholeMs: number): Figures {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (percent: number) => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
  return {
    count: times.length,
    perSecond: rounded((times.length / wholeMs) * 1_000),
    p50Ms: rounded(at(50)),
    p95Ms: rounded(at(95)),
    p99Ms: rounded(at(99)),
  };
}

/** To a thousandth: more is noise. */
function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
