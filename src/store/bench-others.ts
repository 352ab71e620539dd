import type { Clock } from '../base/clock.ts';
import { AiIpcError } from '../base/errors.ts';
import type { BenchGround, BenchPlace, OtherPlace, Others } from './bench-place.ts';

/** How often a bench shows that it lives. */
export const BEAT_MS = 2_000;
/** Without a beat for so long by the clock that wrote the last one, it does not live: clocks may be set. */
const GONE_MS = 60_000;
/** And while somebody looks on: seven beats. */
const WATCH_MS = 15_000;
const LOOK_EVERY_MS = 500;

export interface Watching {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of one that may live, before it is watched. */
  readonly onWatch: (place: OtherPlace, ms: number) => void;
}

/**
 * What benches that were killed have left here, and what is none of ours. Two at once would measure each other: throws
 * AiIpcError bench_refused where another one is at work, aborted when `signal` says so.
 */
export async function findLeft(ground: BenchGround, watching: Watching): Promise<Others> {
  const { places, strangers } = await ground.findOthers();
  const left: OtherPlace[] = [];
  for (const place of places) if (await isLeft(ground, place, watching)) left.push(place);
  return { places: left, strangers };
}

/** Of two that began in the same moment the later one gives way. Throws AiIpcError bench_refused. */
export async function giveWay(ground: BenchGround, own: BenchPlace): Promise<void> {
  const { places } = await ground.findOthers();
  const living = places.filter(({ name, silentMs }) => name === own.name || silentMs < WATCH_MS);
  const [first] = living.sort((one, other) => compare(orderOf(one), orderOf(other)));
  if (first !== undefined && first.name !== own.name) throw atWork(first);
}

async function isLeft(ground: BenchGround, seen: OtherPlace, watching: Watching): Promise<boolean> {
  if (seen.silentMs > GONE_MS) return true;
  const { clock, signal, onWatch } = watching;
  onWatch(seen, WATCH_MS);
  const untilMs = clock.nowMs() + WATCH_MS;
  while (clock.nowMs() < untilMs) {
    await clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted) throw new AiIpcError('aborted', 'Stopped by you. Nothing was changed.');
    const now = (await ground.findOthers()).places.find(({ name }) => name === seen.name);
    // It has ended by itself.
    if (now === undefined) return false;
    if (now.beat !== seen.beat) throw atWork(now);
  }
  return true;
}

function atWork({ name, owner }: OtherPlace): AiIpcError {
  return new AiIpcError(
    'bench_refused',
    `Another bench is at work here: ${owner}, in ${name}. Two at once would measure each other: wait for its end (two ` +
      'minutes at most), or end it with Ctrl-C.',
  );
}

function orderOf({ startedAt, name }: OtherPlace): string {
  return `${startedAt} ${name}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
