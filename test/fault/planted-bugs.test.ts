import { expect, it } from 'vitest';
import { checkHistory, wordsOf } from '../support/history/check-history.ts';
import { PLANTED_BUGS } from '../support/history/planted-bugs.ts';
import { playSmallRun } from '../support/history/small-run.ts';

/** So many at the same time: a run is waiting, mostly. */
it.concurrent('the history checker finds nothing in a run without a bug', async () => {
  const history = await playSmallRun();

  expect(checkHistory(history).map(wordsOf)).toEqual([]);
  // What it looks at was there.
  const events = history.tables.log.map(({ event }) => event);
  for (const event of ['cancelled', 'claimed', 'completed', 'released', 'rescued', 'retried'])
    expect(events).toContain(event);
});

it.concurrent.each(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))(
  'the history checker finds %s',
  async (_, bug) => {
    const breaches = checkHistory(await playSmallRun(bug));

    expect(breaches.map(({ rule }) => rule)).toContain(bug.rule);
  },
);
