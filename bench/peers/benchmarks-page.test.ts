import { expect, it } from 'vitest';
import { benchmarksPage } from './benchmarks-page.ts';

it('says what was measured, on what, when, and what was left out', () => {
  const paces = [{ perSecond: 5, p50: 1.25, p99: 20 }];
  const row = { perSecond: 12_345.6, workerCpuSeconds: 1.5, databaseCpuSeconds: 2, paces };
  const page = benchmarksPage(
    {
      rounds: 5,
      requests: 20_000,
      httpPerSecond: 30_000,
      rows: [
        { ...row, name: 'ours', ratio: { median: 1.5, least: 1, most: 2 } },
        { ...row, name: 'theirs', ratio: { median: 1, least: 1, most: 1 } },
        { ...row, name: 'alone', ratio: undefined },
      ],
      leftOut: ['left out: another'],
    },
    { processor: 'A processor', cores: 2, memoryGib: 8, system: 'Linux 6.1', versions: ['Node v20.20.2'] },
    '2026-11-30',
  );
  expect(page).toContain('Measured on 2026-11-30: 2 cores (A processor), 8.0 GiB of memory, Linux 6.1.');
  expect(page).toContain('| HTTP alone | 30,000 |  |  |  |');
  expect(page).toContain('| ours | 12,346 | 1.50 (1.00 to 2.00) | 1.5 s | 2.0 s |');
  expect(page).toContain('| theirs | 12,346 | 1.00 | 1.5 s | 2.0 s |');
  expect(page).toContain('| alone | 12,346 |  | 1.5 s | 2.0 s |');
  expect(page).toContain('|  | 5 a second |');
  expect(page).toContain('| ours | 1.3 / 20.0 |');
  expect(page).toContain('- Node v20.20.2\n- left out: another\n');
});
