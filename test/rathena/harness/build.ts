import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CppTools, findCppTools } from '../../support/cpp-tools.ts';
import { waitFor } from '../../support/wait-for.ts';

const HARNESS = import.meta.dirname;
const ROOT = join(HARNESS, '../../..');
/** The tree that an admin copies over rAthena. */
const RATHENA_SOURCES = join(ROOT, 'rathena/src');
const BUILDS = join(ROOT, '.cache/rathena-harness');
/** A build takes 10 s here, with both cores taken by other tests some 30. */
const BUILD_TIMEOUT_MS = 180_000;
const MOST_OF_STDERR = 4_000;
const KEPT_MS = 24 * 3_600_000;
const FLAGS = ['-std=c++17', '-Wall', '-Wextra', '-Werror', '-fmax-errors=5'];
/** Without optimizing: with -O1 g++ took three times as long (26 and 8 s of CPU for the tests of the core). */
const SANITIZERS = ['-O0', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
/** A minute, so that no test depends on how soon a thread has a core. */
const LONG_STANDSTILL = '-DAI_IPC_MOST_STANDSTILL_US=60000000';
/**
 * `threads` looks for data that two threads use at a time, and stands still for the database no longer than the map server
 * does; `plain` is the way without a thread.
 */
const WAYS = {
  usual: [...SANITIZERS, LONG_STANDSTILL],
  threads: ['-O0', '-g', '-fsanitize=thread'],
  plain: [...SANITIZERS, '-DAI_IPC_NO_THREAD'],
} as const;
export type Way = keyof typeof WAYS;

/** So that the harness counts what is tried on all connections. */
const WRAP = '-Wl,--wrap=mysql_real_query,--wrap=mysql_real_connect';

/** Holds the pid of the process that builds. */
const BUILDER = 'builder';
/** What g++ said, where a build failed. */
const FAILURE = 'failure.txt';

const built = new Map<Way, Promise<string>>();

/**
 * Compiles commands and harness with the sanitizers, once for the same sources; returns the program. A failure is
 * remembered, so that not every test tries again, until `forgetFailures`. Each process looks once: to find the compiler
 * and to read the sources took four programs and 20 ms of CPU, for each of 500 map servers.
 */
export function buildHarness(way: Way = 'usual'): Promise<string> {
  const program = built.get(way) ?? findOrBuild(way);
  built.set(way, program);
  return program;
}

async function findOrBuild(way: Way): Promise<string> {
  const tools = findCppTools();
  const folder = join(BUILDS, hashOf(tools, way));
  const program = join(folder, 'harness');
  mkdirSync(BUILDS, { recursive: true });
  deleteOldBuilds();
  await waitFor(() => hasBuilt({ tools, way, folder, program }), {
    timeoutMs: BUILD_TIMEOUT_MS,
    what: `the build of ${program}`,
  });
  if (!existsSync(program)) throw new Error(readFileSync(join(folder, FAILURE), 'utf8'));
  return program;
}

interface BuildPlan {
  readonly tools: CppTools;
  readonly way: Way;
  readonly folder: string;
  readonly program: string;
}

/** Builds, unless somebody else is at it: then it is false until he has built, failed, or died. */
async function hasBuilt(plan: BuildPlan): Promise<boolean> {
  const { folder, program } = plan;
  if (!existsSync(program) && isFirst(folder)) await build(plan);
  return existsSync(program) || existsSync(join(folder, FAILURE));
}

/** Lets builds that failed be tried again. */
export function forgetFailures(): void {
  if (!existsSync(BUILDS)) return;
  for (const name of readdirSync(BUILDS)) {
    const folder = join(BUILDS, name);
    if (existsSync(join(folder, FAILURE))) rmSync(folder, { recursive: true, force: true });
  }
}

async function build({ tools, way, folder, program }: BuildPlan): Promise<void> {
  try {
    const output = join(folder, 'unfinished');
    await compile(tools, [...WAYS[way], ...sources(), '-o', output, WRAP, ...tools.linkFlags, '-pthread']);
    renameSync(output, program);
  } catch (error) {
    writeFileSync(join(folder, FAILURE), error instanceof Error ? error.message : String(error));
  }
}

/** Checks that the commands compile with these definitions; throws with what g++ said when they do not. */
export async function checkCommandsCompile(definitions: readonly string[]): Promise<void> {
  const flags = definitions.map((definition) => `-D${definition}`);
  // As they stand they are optimized, as rAthena does it: some warnings come of that alone.
  const how = definitions.length === 0 ? ['-O2', '-c', '-o', '/dev/null'] : ['-fsyntax-only'];
  await compile(findCppTools(), [...how, ...flags, join(HARNESS, 'commands.cpp')]);
}

async function compile(tools: CppTools, args: readonly string[]): Promise<void> {
  const includes = [`-I${join(HARNESS, 'include')}`, `-I${RATHENA_SOURCES}`, ...tools.includeFlags];
  try {
    await promisify(execFile)(tools.compiler, [...FLAGS, ...includes, ...args], { cwd: HARNESS });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    if (!stderr) throw error;
    throw new Error(`The commands do not compile:\n${stderr.slice(0, MOST_OF_STDERR)}`);
  }
}

function sources(): string[] {
  return readdirSync(HARNESS)
    .filter((name) => name.endsWith('.cpp'))
    .map((name) => join(HARNESS, name));
}

/** mkdir fails for all but one of those who try at the same time. What a killed builder left is taken over. */
function isFirst(folder: string): boolean {
  if (existsSync(folder) && wasAbandoned(folder)) rmSync(folder, { recursive: true, force: true });
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, BUILDER), String(process.pid));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function wasAbandoned(folder: string): boolean {
  const file = join(folder, BUILDER);
  if (existsSync(join(folder, FAILURE))) return false;
  if (Date.now() - statSync(folder).mtimeMs > BUILD_TIMEOUT_MS) return true;
  if (!existsSync(file)) return false;
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function deleteOldBuilds(): void {
  for (const name of readdirSync(BUILDS)) {
    const folder = join(BUILDS, name);
    if (Date.now() - statSync(folder).mtimeMs > KEPT_MS) rmSync(folder, { recursive: true, force: true });
  }
}

function hashOf(tools: CppTools, way: Way): string {
  const hash = createHash('sha256').update(JSON.stringify([tools, FLAGS, WRAP, WAYS[way]]));
  for (const folder of [HARNESS, join(RATHENA_SOURCES, 'custom')]) {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    for (const name of names) {
      const path = join(folder, name);
      if (statSync(path).isFile()) hash.update(`\0${name}\0`).update(readFileSync(path));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
