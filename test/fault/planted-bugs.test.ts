import { expect, it } from 'vitest';
import { checkHistory, wordsOf } from '../support/history/check-history.ts';
import { PLANTED_BUGS } from '../support/history/planted-bugs.ts';
import { playSmallRun } from '../support/history/small-run.ts';

/** So many at the same time: a run is waiting, mostly. */
it.concurrent('the history checker finds nothing in a run without a bug', async () => {
  const history = await playSmallRun();

  expect(checkHistory(history).map(wordsOf)).toEqual([]);
  // All that it looks at was there.
  const events = new Set(history.tables.log.map(({ event }) => event));
  expect([...events].sort()).toEqual(
    ['cancelled', 'claimed', 'completed', 'dropped', 'released', 'rescued', 'retried', 'timeout'].sort(),
  );
});

it.concurrent.each(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))(
  'the history checker finds %s',
  async (_, bug) => {
    const breaches = checkHistory(await playSmallRun(bug));

    expect(breaches.map(({ rule }) => rule)).toContain(bug.rule);
  },
);
