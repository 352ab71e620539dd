import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { buildPersonas } from '../../bin/build-personas.js';
import { newFolder, ROOT, useCli } from '../support/cli-process.ts';

const FOLDER = join(ROOT, 'personas');
const textOf = (name: string) => readFileSync(join(FOLDER, name), 'utf8');
let builtPersona: (name: string, text: string) => unknown;

useCli();
beforeAll(async () => {
  // Whoever has loaded it before may have done so before the build.
  vi.resetModules();
  ({ builtPersona } = await import('../../src/mind/persona/built-personas.ts'));
});

describe('what the build has read of the package’s own personas', () => {
  it.each(readdirSync(FOLDER))('is what YAML says: %s', (name) => {
    expect(builtPersona(name, textOf(name))).toEqual(parse(textOf(name)));
  });

  it('is not taken for a file that somebody has edited, or for another one', () => {
    const text = textOf('neutral.yaml');
    expect(builtPersona('neutral.yaml', `${text}\n`)).toBeUndefined();
    expect(builtPersona('other.yaml', text)).toBeUndefined();
  });
});

it('a file that is no YAML does not stop the build: it is left out', () => {
  const from = newFolder();
  const to = join(from, 'personas.json');
  writeFileSync(join(from, 'good.yaml'), 'name: Ann\n');
  writeFileSync(join(from, 'bad.yaml'), 'name: [');
  buildPersonas({ from, to });
  expect(JSON.parse(readFileSync(to, 'utf8'))).toEqual({
    'good.yaml': { text: 'name: Ann\n', value: { name: 'Ann' } },
  });
});
