import type { WorkerProcess } from '../test/support/worker-process.ts';
import { TUNED } from './one-drain.ts';
import { queueAtOnce, untilServed } from './scenario/load.ts';
import { play } from './scenario/play.ts';
import type { Sizes } from './scenario/sizes.ts';
import { onStage, type Stage } from './scenario/stage.ts';
import { megabytes, print, tellFigures, tellGoal } from './scenario/tell.ts';

/** Queued at once, one wave when the one before is served: the worker has always enough to do, and each wave fits into memory. */
const WAVE = 10_000;
const LOOK_EVERY_MS = 100;
const PARTS = 10;
const LOADS = {
  default: { settings: {}, mostMb: 110 },
  tuned: { settings: TUNED, mostMb: 150 },
} as const;
/** From one quarter of the requests to the next: a collector that is a little late is no leak. */
const FLAT = 1.05;

/** The memory of a worker over a million requests, with the settings as they come and tuned: `npm run bench -- soak REQUESTS`. */
export async function soak({ requests }: Sizes<'requests'>): Promise<void> {
  for (const [name, { settings, mostMb }] of Object.entries(LOADS)) {
    await onStage({}, async (stage) => {
      const highest: number[] = [];
      const figures = await play(stage, {
        settings,
        load: async ([worker]) => {
          if (worker === undefined) throw new Error('There is no worker to look at.');
          highest.push(...(await serveInParts(stage, worker, requests)));
          return requests;
        },
      });
      tellFigures(`soak, ${name} settings`, figures);
      print(`  highest RSS of each of ${PARTS} parts: ${highest.map(megabytes).join(', ')}`);
      tellMemory(figures.highestRssBytes, highest, mostMb);
    });
  }
}

function tellMemory(bytes: number, highest: readonly number[], mostMb: number): void {
  tellGoal(`highest RSS below ${mostMb} MB`, megabytes(bytes), bytes < mostMb * 1_000_000);
  const half = highest.slice(PARTS / 2);
  const middle = Math.ceil(half.length / 2);
  const [earlier, later] = [Math.max(...half.slice(0, middle)), Math.max(...half.slice(middle))];
  tellGoal(
    `flat over the last half (at most ${FLAT} times as much at its end)`,
    `${(later / earlier).toFixed(2)}`,
    later <= FLAT * earlier,
  );
}

/** The highest RSS that was seen in each part. */
async function serveInParts({ database }: Stage, worker: WorkerProcess, requests: number): Promise<number[]> {
  const highest: number[] = [];
  let seen = 0;
  const timer = setInterval(() => {
    if (!worker.hasEnded) seen = Math.max(seen, worker.residentBytes());
  }, LOOK_EVERY_MS);
  try {
    for (let part = 1, queued = 0; part <= PARTS; part += 1) {
      const end = Math.round((requests * part) / PARTS);
      seen = worker.residentBytes();
      while (queued < end) {
        const wave = Math.min(WAVE, end - queued);
        await queueAtOnce(database, wave);
        await untilServed(database, [worker]);
        queued += wave;
      }
      highest.push(seen);
    }
  } finally {
    clearInterval(timer);
  }
  return highest;
}
