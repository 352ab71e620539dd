import { setTimeout as delay } from 'node:timers/promises';
import { TUNED } from './one-drain.ts';
import { queueAtOnce, untilServed } from './scenario/load.ts';
import { play } from './scenario/play.ts';
import type { Sizes } from './scenario/sizes.ts';
import { onStage, type Stage } from './scenario/stage.ts';
import { tellFigures } from './scenario/tell.ts';

/** Long enough that the worker looks as seldom as it ever does. */
const REST_MS = 1_000;
const LOADS = { default: {}, tuned: TUNED } as const;

/**
 * A worker at rest, and then many requests in one instant, again and again, as after a server's start or when an event begins:
 * `npm run bench -- burst REQUESTS TIMES AI_MS`.
 */
export async function burst({ requests, times, aiMs }: Sizes<'requests' | 'times' | 'aiMs'>): Promise<void> {
  for (const [name, settings] of Object.entries(LOADS)) {
    await onStage({ delayMs: aiMs }, async (stage) => {
      const figures = await play(stage, {
        settings,
        load: (workers) => burstsOf(stage, workers, { requests, times }),
        little: (workers) => burstsOf(stage, workers, { requests, times: 1 }),
      });
      tellFigures(`burst, ${name} settings, ${times} times ${requests} at once`, figures);
    });
  }
}

async function burstsOf(
  { database }: Stage,
  workers: Parameters<typeof untilServed>[1],
  { requests, times }: { readonly requests: number; readonly times: number },
): Promise<number> {
  for (let time = 0; time < times; time += 1) {
    await delay(REST_MS);
    await queueAtOnce(database, requests);
    await untilServed(database, workers);
  }
  return requests * times;
}
