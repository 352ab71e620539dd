// `npm run sbom`: the bill of materials of what is installed with the package, as CycloneDX, on stdout.
// `npm sbom --omit dev` leaves out a dependency that a package of the build wants, too (npm 11.19.1: zod and yaml, which
// knip and vite want; findings/npm-sbom-omit-dev.sh), so it is given a lockfile without those.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TIMEOUT_MS = 120_000;
/** npm has this command since 9.5; Debian 13 has 9.2, and takes this one from the registry for it. */
const NPM_WITH_SBOM = 'npm@11.19.1';
const read = (name) => JSON.parse(readFileSync(join(ROOT, name), 'utf8'));

const { devDependencies: _, ...manifest } = read('package.json');
const { packages, ...lockfile } = read('package-lock.json');
const { '': root, ...others } = packages;
const { devDependencies: __, ...installed } = root;
const kept = Object.fromEntries(Object.entries(others).filter(([, { dev }]) => !dev));

const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-sbom-'));
const write = (name, value) => writeFileSync(join(folder, name), JSON.stringify(value));
try {
  write('package.json', manifest);
  write('package-lock.json', { ...lockfile, packages: { '': installed, ...kept } });
  const sbom = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const args = hasSbom() ? sbom : ['exec', '--yes', `--package=${NPM_WITH_SBOM}`, '--', 'npm', ...sbom];
  const { status, error } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit', timeout: TIMEOUT_MS });
  if (error) throw error;
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}

function hasSbom() {
  const [major] = execFileSync('npm', ['--version'], { encoding: 'utf8', timeout: TIMEOUT_MS }).split('.');
  return Number(major) >= 10;
}
