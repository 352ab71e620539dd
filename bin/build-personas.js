// Reads the package's own personas when it is built: YAML was a third of the CPU of a start of the AI service.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Writes what each file says beside its text: src/mind/persona/built-personas.ts takes it for this very text alone. */
export function buildPersonas({ from, to }) {
  const names = existsSync(from) ? readdirSync(from).filter((name) => name.endsWith('.yaml')) : [];
  const built = names.flatMap((name) => {
    const text = readFileSync(join(from, name), 'utf8');
    try {
      return [[name, { text, value: parse(text) }]];
    } catch {
      // Edited, and no YAML: whoever reads it is told what is wrong.
      return [];
    }
  });
  writeFileSync(to, JSON.stringify(Object.fromEntries(built)));
}
