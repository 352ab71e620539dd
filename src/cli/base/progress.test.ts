import { expect, it } from 'vitest';
import { barOf } from './progress.ts';

it.each([
  [{ done: 0, whole: 10 }, `Copying  ${'░'.repeat(24)}    0 %  0 of 10 rows`],
  [{ done: 1_200, whole: 3_600 }, `Copying  ${'█'.repeat(8)}${'░'.repeat(16)}   33 %  1,200 of 3,600 rows`],
  [{ done: 11, whole: 10 }, `Copying  ${'█'.repeat(24)}  100 %  11 of 10 rows`],
  [{ done: 1_234 }, 'Copying  1,234 rows'],
])('%j', (progress, bar) => {
  expect(barOf({ label: 'Copying', unit: 'rows', ...progress })).toBe(bar);
});
