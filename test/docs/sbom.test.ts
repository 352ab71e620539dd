import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string) => JSON.parse(readFileSync(join(ROOT, name), 'utf8'));

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}

/** What `npm run sbom` prints: CycloneDX 1.5, of what is installed with the package. */
function sbom(): { bomFormat: string; metadata: { component: Component }; components: Component[] } {
  return JSON.parse(execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: ROOT, encoding: 'utf8' }));
}

it('the bill of materials has every package that is installed with this one, and none that only builds it', () => {
  const { bomFormat, metadata, components } = sbom();
  const { name, version } = read('package.json');
  expect([bomFormat, metadata.component.purl]).toEqual(['CycloneDX', `pkg:npm/${name}@${version}`]);
  const packages = read('package-lock.json').packages as Record<string, { version: string; dev?: boolean }>;
  const wanted = Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, one]) => `${path.replace(/^.*node_modules\//, '')}@${one.version}`);
  expect(wanted.length).toBeGreaterThan(20);
  const found = components.map((one) => `${one.name}@${one.version}`);
  expect([...new Set(found)].sort()).toEqual([...new Set(wanted)].sort());
  for (const component of components) expect(component.purl).toMatch(/^pkg:npm\/.+@/);
});
