// `npm run docs`: writes into the pages what is made from the source. test/docs/settings-pages.test.ts tells when.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SETTINGS_PAGES } from './settings-pages.ts';

const ROOT = join(import.meta.dirname, '../..');

for (const [path, made] of Object.entries(SETTINGS_PAGES)) {
  const file = join(ROOT, path);
  const before = readFileSync(file, 'utf8');
  const after = made(before);
  if (after !== before) writeFileSync(file, after);
  process.stdout.write(`${path}: ${after === before ? 'as it was' : 'written'}\n`);
}
