// `npm run docs`: writes into pages, and into the C++ and SQL for rAthena, what is made from the source.
// settings-pages.test.ts, design-page.test.ts and fold-tables.test.ts tell when.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLinesCounted } from './design-page.ts';
import { FOLD_TABLES } from './fold-tables.ts';
import { SETTINGS_PAGES } from './settings-pages.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = { ...SETTINGS_PAGES, ...FOLD_TABLES, 'docs/design.md': withLinesCounted };

for (const [path, made] of Object.entries(PAGES)) {
  const file = join(ROOT, path);
  const before = readFileSync(file, 'utf8');
  const after = made(before);
  if (after !== before) writeFileSync(file, after);
  process.stdout.write(`${path}: ${after === before ? 'as it was' : 'written'}\n`);
}
