// Reads the language packs when the package is built: the YAML of one takes 60 ms of CPU, its JSON one.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Writes what each file says beside its text: src/mind/language/pack-book.ts takes it for this very text alone. */
export function buildLanguages({ from, to }) {
  mkdirSync(to, { recursive: true });
  const names = existsSync(from) ? readdirSync(from).filter((name) => name.endsWith('.yaml')) : [];
  for (const name of names) {
    const text = readFileSync(join(from, name), 'utf8');
    try {
      writeFileSync(join(to, name.replace(/yaml$/, 'json')), JSON.stringify({ text, value: parse(text) }));
    } catch {
      // Edited, and no YAML: whoever reads it is told what is wrong.
    }
  }
}
