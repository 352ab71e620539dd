import { TUNED } from './one-drain.ts';
import { queueAtPace } from './scenario/load.ts';
import { type Figures, play } from './scenario/play.ts';
import type { Sizes } from './scenario/sizes.ts';
import { onStage } from './scenario/stage.ts';
import { tellFigures, tellGoal } from './scenario/tell.ts';

const AI_MS = 500;
const MIXED = { delayMs: 50, mostDelayMs: 20_000 };
/** Mixed so, an answer takes 3.3 s in the mean: so many times fewer are offered. */
const MIXED_PART = 20;
/** What CONCURRENCY takes at most. */
const MOST_CONCURRENCY = 4_096;
const LITTLE_SECONDS = 2;
const GOAL = { p50Ms: 510, p99Ms: 560, served: 0.99 };

/**
 * Requests offered at a pace to a worker with room for them, whose AI service takes 500 ms, and then 50 ms to 20 s for each:
 * `npm run bench -- slow-ai PER_SECOND SECONDS`.
 */
export async function slowAi({ perSecond, seconds }: Sizes<'perSecond' | 'seconds'>): Promise<void> {
  const concurrency = String(Math.min(MOST_CONCURRENCY, perSecond));
  const settings = { ...TUNED, CONCURRENCY: concurrency, AI_SERVICE_TIMEOUT: '30' };
  await onStage({ delayMs: AI_MS }, async (stage) => {
    const figures = await play(stage, {
      settings,
      load: () => queueAtPace(stage.database, { perSecond, seconds }),
      little: () => queueAtPace(stage.database, { perSecond, seconds: LITTLE_SECONDS }),
    });
    tellFigures(`slow-ai, ${AI_MS} ms, ${perSecond} a second for ${seconds} s`, figures);
    tellGoals(figures, perSecond);
  });
  const mixedPerSecond = Math.max(1, Math.round(perSecond / MIXED_PART));
  await onStage(MIXED, async (stage) => {
    const figures = await play(stage, {
      settings,
      load: () => queueAtPace(stage.database, { perSecond: mixedPerSecond, seconds }),
      little: () => queueAtPace(stage.database, { perSecond: mixedPerSecond, seconds: LITTLE_SECONDS }),
    });
    tellFigures(`slow-ai, 50 ms to 20 s, ${mixedPerSecond} a second for ${seconds} s`, figures);
  });
}

function tellGoals({ perSecond, total }: Figures, offered: number): void {
  tellGoal(
    `as many answered a second as offered (${offered}, of which 1 % may be missing)`,
    `${Math.round(perSecond)}`,
    perSecond >= GOAL.served * offered,
  );
  tellGoal(`p50 of the total below ${GOAL.p50Ms} ms`, `${total.p50} ms`, total.p50 < GOAL.p50Ms);
  tellGoal(`p99 of the total below ${GOAL.p99Ms} ms`, `${total.p99} ms`, total.p99 < GOAL.p99Ms);
}
