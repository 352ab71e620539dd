import { queueAtOnce } from './scenario/load.ts';
import { play } from './scenario/play.ts';
import { type SizeAndList, sizeAndList } from './scenario/sizes.ts';
import { onStage } from './scenario/stage.ts';
import { print, tellFigures } from './scenario/tell.ts';
import { sharesOf } from './shares.ts';

/** Enough to see how a worker's claims and settles go; more only takes longer. */
const LITTLE = 2_000;

export function readManyWorkers(words: readonly string[]): SizeAndList {
  return sizeAndList({ size: 20_000, list: [1, 2, 4] }, ['requests', 'workers'], words);
}

/**
 * The same queue drained by one, two and four workers with the settings as they come, and an AI service that answers at once:
 * `npm run bench -- many-workers REQUESTS WORKERS…`. `map-servers` has many of those who ask, too.
 */
export async function manyWorkers({ size: requests, list }: SizeAndList): Promise<void> {
  for (const workers of list) {
    await onStage({}, async (stage) => {
      const { database } = stage;
      const queue = async (count: number) => {
        await queueAtOnce(database, count);
        return count;
      };
      let shares = '';
      const figures = await play(stage, {
        settings: {},
        workers,
        load: () => queue(requests),
        afterwards: async () => {
          shares = await sharesOf(database, requests);
        },
        little: () => queue(Math.min(requests, LITTLE)),
      });
      tellFigures(`many-workers, ${workers} of them`, figures);
      print(`  shares of the workers ${shares}`);
    });
  }
}
