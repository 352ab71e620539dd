import { expect, it } from 'vitest';
import { nearestName } from './nearest.ts';

const NAMES = ['ipc_worker.batch_size', 'ipc_worker.poll_interval_ms', 'database.mariadb.port'];

it.each([
  ['batch_siez', 'ipc_worker.batch_size'],
  ['BATCH-SIZE', 'ipc_worker.batch_size'],
  ['pollInterval', 'ipc_worker.poll_interval_ms'],
  ['database.prt', 'database.mariadb.port'],
])('%s was most likely meant to be %s', (written, meant) => {
  expect(nearestName(written, NAMES)).toBe(meant);
});

it.each(['colour', 'x', ''])('%j is near to nothing', (written) => {
  expect(nearestName(written, NAMES)).toBeUndefined();
});
