// Builds dist/ from src/ when something differs from the last good build. Only a checkout needs this.
// Run it by hand with: node bin/build.js
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SRC = join(ROOT, 'src');
const DIST = join(ROOT, 'dist');
const CACHE = join(ROOT, '.cache');
/** Holds the fingerprint of what dist/ was built from; only a good build leaves one. */
const STAMP = join(DIST, '.built-from');
/** Holds the pid of the process that builds. */
const LOCK = join(CACHE, 'build.lock');
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

/** A build takes about a second; a hundred commands started at once on two cores, some ten. */
const WAIT_TIMEOUT_MS = 120_000;
const WAIT_STEP_MS = 50;
const OUTPUT_ENDINGS = ['.d.ts.map', '.d.ts', '.js.map', '.js'];

/** What is told to people as it stands; other errors are the file system's. */
class BuildError extends Error {}

/** Resolves when dist/ is what src/ says. Of many processes at once, one builds and the others wait for it. */
export async function ensureBuilt() {
  if (!existsSync(join(ROOT, 'node_modules'))) {
    throw new BuildError('The packages that AI IPC needs are not installed (no node_modules). Run: npm ci');
  }
  if (isBuilt()) return;
  if (!(await takeLock())) return;
  try {
    if (!isBuilt()) await build();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

/** The line for a person when `ensureBuilt` rejects. */
export function explain(error) {
  const what = error instanceof BuildError ? '' : 'AI IPC could not be built from its source: ';
  return `ERROR build_failed: ${what}${error.message}\n`;
}

function isBuilt() {
  return readIfThere(STAMP) === fingerprint();
}

/**
 * Path, time and size of all that a build reads: 6 ms for 300 files. Any difference counts, not only a newer time,
 * because unpacking and copying can bring back an older file, and a deleted one has no time at all.
 */
function fingerprint() {
  const sources = listFiles('src').filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
  const settings = readdirSync(ROOT).filter((name) => /^tsconfig.*\.json$/.test(name));
  return [...settings, ...sources].sort().map(describeFile).join('\n');
}

/** In place of `recursive`, with which Node 20 asks for each name once more what it is: 1 ms and 15 ms of CPU for 400. */
function listFiles(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

/** Put together by hand: `join` for each of 600 paths was a third of what each command spends here. */
function describeFile(path) {
  const stat = statSync(ROOT + path, { throwIfNoEntry: false });
  return stat ? `${path} ${stat.mtimeMs} ${stat.size}` : `${path} (deleted just now)`;
}

async function build() {
  if (!existsSync(TSC)) {
    throw new BuildError(
      'The TypeScript compiler is not installed (npm left out devDependencies). Run: npm ci',
    );
  }
  process.stderr.write('Building AI IPC from its source (once; again only when the source changes).\n');
  // Taken before the compiler reads: what is edited meanwhile is built the next time.
  const builtFrom = fingerprint();
  rmSync(STAMP, { force: true });
  // Loaded only here: 3 ms of CPU, which each command would spend.
  const { spawnSync } = await import('node:child_process');
  // --force: without it, tsc trusts file times and would leave an older file that came back unbuilt.
  const result = spawnSync(process.execPath, [TSC, '-b', '--force'], { cwd: ROOT, encoding: 'utf8' });
  if (result.status !== 0) {
    const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`;
    throw new BuildError(
      `The source does not compile (tsc -b ended with ${result.status ?? result.signal}):\n${output}`,
    );
  }
  deleteOrphans();
  const { buildPersonas } = await import('./build-personas.js');
  buildPersonas({ from: join(ROOT, 'personas'), to: join(DIST, 'personas.json') });
  const { buildLanguages } = await import('./build-languages.js');
  buildLanguages({ from: join(ROOT, 'languages'), to: join(DIST, 'languages') });
  writeFileSync(STAMP, builtFrom);
}

/** What was built from a source that is gone could still be imported, by mistake or by an old path. */
function deleteOrphans() {
  for (const path of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
    const ending = OUTPUT_ENDINGS.find((end) => path.endsWith(end));
    if (ending === undefined) continue;
    const source = `${path.slice(0, -ending.length)}.ts`;
    if (!existsSync(join(SRC, source))) rmSync(join(DIST, path));
  }
}

/** True with the lock in hand; false when there is no need of it any more, because another process has built. */
async function takeLock() {
  mkdirSync(CACHE, { recursive: true });
  const endMs = performance.now() + WAIT_TIMEOUT_MS;
  while (!tryLock()) {
    const owner = readIfThere(LOCK);
    if (owner !== undefined && !isAlive(Number(owner))) removeLockOf(owner);
    else if (performance.now() > endMs) throw stillLocked(owner);
    else await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS));
    if (isBuilt()) return false;
  }
  return true;
}

/** A hard link makes the lock appear with its content, so that nobody ever reads one without a pid. */
function tryLock() {
  const mine = `${LOCK}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, LOCK);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Of several waiters, one succeeds in the rename. If the lock changed hands in between, it is put back. */
function removeLockOf(deadOwner) {
  const aside = `${LOCK}.${process.pid}.dead`;
  try {
    renameSync(LOCK, aside);
    if (readFileSync(aside, 'utf8') !== deadOwner) linkSync(aside, LOCK);
  } catch (error) {
    // ENOENT: another waiter was first. EEXIST: a third one has the lock; two builds at once write the same files.
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function stillLocked(owner) {
  return new BuildError(
    `Process ${owner} has been building for more than ${WAIT_TIMEOUT_MS / 1_000} s. If it is no build of AI IPC, delete ${LOCK} and try again.`,
  );
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await ensureBuilt().catch((error) => {
    process.stderr.write(explain(error));
    process.exitCode = 1;
  });
}
