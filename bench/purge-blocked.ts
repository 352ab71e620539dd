import type { TestDatabase } from '../test/support/test-database.ts';
import { TUNED } from './one-drain.ts';
import { unpurged, untilPurged } from './purge.ts';
import { BATCH, fillPending, timeClaims } from './scenario/claims.ts';
import { type Load, queueAtOnce, untilServed } from './scenario/load.ts';
import { play } from './scenario/play.ts';
import type { Sizes } from './scenario/sizes.ts';
import { onStage, type Stage } from './scenario/stage.ts';
import { print, tellFigures, tellGoal, timesText } from './scenario/tell.ts';

const WAVE = 20_000;
const MAX_PURGE_MS = 120_000;
const MOST_RATIO = 2;

/**
 * What a claim of 100 costs while a transaction with a snapshot stays open, as that of a backup, and 180,000 requests have been
 * served since, beside one of a fresh table on another server: `npm run bench -- purge-blocked REQUESTS`. InnoDB cannot take away
 * the index entries of what was served meanwhile.
 */
export async function purgeBlocked({ requests }: Sizes<'requests'>): Promise<void> {
  await onStage({}, (fresh) => onStage({}, (stage) => playBeside(fresh.database, stage, requests)));
}

async function playBeside(fresh: TestDatabase, stage: Stage, requests: number): Promise<void> {
  const { database } = stage;
  const snapshot = await database.connect();
  await snapshot.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
  const figures = await play(stage, { settings: TUNED, load: serving(database, requests) });
  tellFigures('purge-blocked, tuned settings, while a snapshot is open', figures);
  const ratio = await compare(fresh, database, 'with the snapshot open');
  await snapshot.query('COMMIT');
  await untilPurged(database, MAX_PURGE_MS);
  await compare(fresh, database, 'after its end');
  tellGoal(
    `p50 with the snapshot at most ${MOST_RATIO} times the fresh one`,
    ratio.toFixed(2),
    ratio <= MOST_RATIO,
  );
}

function serving(database: TestDatabase, requests: number): Load {
  return async (workers) => {
    for (let left = requests; left > 0; left -= WAVE) {
      await queueAtOnce(database, Math.min(WAVE, left));
      await untilServed(database, workers);
    }
    return requests;
  };
}

/** Nobody else claims meanwhile. The ratio of the p50 to that of a fresh table. */
async function compare(fresh: TestDatabase, database: TestDatabase, when: string): Promise<number> {
  const databases = [fresh, database];
  const waiting = await unpurged(database);
  for (const each of databases) await fillPending(each, BATCH);
  const [ofFresh, ofThis] = await timeClaims(databases);
  for (const each of databases) await each.query("DELETE FROM ai_requests WHERE status = 'pending'");
  if (ofFresh === undefined || ofThis === undefined) throw new Error('No claims were timed.');
  print(`claim of ${BATCH}, ${when}, ${waiting} transactions unpurged: ${timesText(ofThis, 1)}`);
  print(`claim of ${BATCH} of a fresh table, in turn with it: ${timesText(ofFresh, 1)}`);
  return ofThis.p50 / ofFresh.p50;
}
