import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FOLD_TABLES } from './fold-tables.ts';

const ROOT = join(import.meta.dirname, '../..');

it.each(Object.keys(FOLD_TABLES))('%s has the folds of src/game-text; if not: npm run docs', (path) => {
  const file = readFileSync(join(ROOT, path), 'utf8');
  expect(FOLD_TABLES[path]?.(file)).toBe(file);
});

it('a file that has no place for the folds is told of', () => {
  expect(() => FOLD_TABLES['rathena/src/custom/ai_ipc/fold_table.h']?.('')).toThrow('between which');
});
