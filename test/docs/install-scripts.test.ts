import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = <T>(name: string): T => JSON.parse(readFileSync(join(ROOT, name), 'utf8')) as T;

/** npm 11 warns of each other one, and a newcomer wonders. */
it('package.json names each package whose install script npm runs', () => {
  const { packages } = read<{ packages: Record<string, { hasInstallScript?: boolean }> }>(
    'package-lock.json',
  );
  const withScript = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  const names = withScript.map(([path]) => path.replace(/^.*node_modules\//, ''));

  expect(Object.keys(read<{ allowScripts: object }>('package.json').allowScripts).sort()).toEqual(
    names.sort(),
  );
});
