import { expect, it } from 'vitest';
import { runFaults } from '../fault-run/fault-run.ts';
import { ALL_FAULTS } from '../fault-run/faults/all-faults.ts';

/** One of each group that is over in a moment; `npm run test:fault` plays all of them. */
const SHORT = [
  'worker stopped at once (SIGTERM twice)',
  'database killed (SIGKILL)',
  'connections cut after COMMIT',
  'AI service: resetting',
];

it('faults under load break no promise', async () => {
  const lines: string[] = [];
  const figures = await runFaults({
    ...{ seed: 1, rate: 40, workers: 2, clients: 1, hasDisk: false, isShort: true },
    faults: ALL_FAULTS.filter(({ name }) => SHORT.includes(name)),
    until: { afterFaults: SHORT.length },
    onLine: (line) => lines.push(line),
  });

  expect(figures.breaches, lines.join('\n')).toEqual([]);
  expect(figures.ends['completed']).toBeGreaterThan(0);
  expect(figures.events['released']).toBeGreaterThan(0);
  expect([...figures.kinds.keys()].sort()).toEqual([...SHORT].sort());
  expect(figures.ends['completed']).toBeGreaterThan(0);
});
