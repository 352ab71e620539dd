import { expect, it } from 'vitest';
import { benchmarkPictures, benchmarksPage } from './benchmarks-page.ts';
import type { Comparison } from './compare.ts';

const paces = [{ perSecond: 5, p50: 1.25, p99: 20 }];
const row = { perSecond: 12_345.6, workerCpuSeconds: 1.5, databaseCpuSeconds: 2, paces };
const measured: Comparison = {
  rounds: 5,
  requests: 20_000,
  httpPerSecond: 30_000,
  rows: [
    { ...row, name: 'ours', ratio: { median: 1.5, least: 1, most: 2 } },
    { ...row, name: 'theirs', ratio: { median: 1, least: 1, most: 1 } },
    { ...row, name: 'alone', ratio: undefined },
  ],
  leftOut: ['left out: another'],
};

it('says what was measured, on what, when, and what was left out', () => {
  const page = benchmarksPage(
    measured,
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

it('shows each picture that is drawn', () => {
  const machine = { processor: 'A', cores: 2, memoryGib: 8, system: 'Linux', versions: [] };
  const page = benchmarksPage(measured, machine, '2026-11-30');
  const pictures = benchmarkPictures(measured);

  expect([...page.matchAll(/\(pictures\/([^)]+)\)/g)].map(([, name]) => name)).toEqual([...pictures.keys()]);
  expect(pictures.get('benchmark-drain.svg')).toContain('>12,346</text>');
  expect(pictures.get('benchmark-at-5.svg')).toContain('>1.3 ms</text>');
});
