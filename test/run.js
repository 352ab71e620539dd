// What `npm test` runs: every check, even after one has failed, and at the end one line `N passed, N failed`.
// `npm test -- test/fault` hands what follows `--` to vitest. Four words of its own come before that:
//   --quick           the checks, and the unit tests that the last commit, or what is not committed, touches
//   --node VERSION    all tests on that version of Node (from npm), and on no other
//   --elsewhere       all tests, and beside them the unit tests on Node 24 and what the other database servers have to
//                     prove; also where AI_IPC_TEST_NEEDS_SERVERS says that one has to be there, as .ci/run does
//   --server NAME     on another database server, such as mariadb-11.8, on this Node alone and without the checks: CONTRIBUTING.md

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { installNode, NODE_24, versionOf } from './support/node-versions.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
const VITEST = join(MODULES, 'vitest', 'vitest.mjs');
/** Beside the machine's own: the newest MariaDB that Debian has, and MySQL. */
const OTHER_SERVERS = ['mariadb-11.8', 'mysql-9.7'];
const ON_OTHER_SERVERS = [
  ...['--project', 'conformance', '--project', 'integration', '--project', 'unit'],
  ...['test/conformance', 'test/integration/migrate', 'test/languages/recall'],
];
/** Of the six of vitest.config.ts, with which both cores are busy nearly all the time: where two runs go on side by side. */
const MOST_OF_THEM = ['--maxWorkers=4'];
const BESIDE = ['--maxWorkers=2'];
/** Memory as a folder, on Linux. What the tests' databases write there waits for no disk, and is gone with the machine. */
const MEMORY_FOLDER = '/dev/shm';
/** All test servers and files together took 1.5 GB at the most. */
const NEEDED_MEMORY_BYTES = 4 * 2 ** 30;

const words = readWords(process.argv.slice(2));
useMemoryForFiles();
const reports = mkdtempSync(join(tmpdir(), 'ai-ipc-test-'));
const total = { passed: 0, failed: 0 };
/** One line for each failure, told again at the end: the run before it prints some 500 KB. */
const failures = [];
const running = new Set();
let interruptedBy;

await runAll();
rmSync(reports, { recursive: true, force: true });
process.exitCode = total.failed === 0 ? 0 : 1;
print(
  `\n${failures.map((failure) => `FAILED ${failure}\n`).join('')}${total.passed} passed, ${total.failed} failed`,
);

/** Takes our own words out of the arguments; the rest is vitest's. */
function readWords(args) {
  const rest = [...args];
  const take = (name) => {
    const at = rest.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
    if (at < 0) return undefined;
    const [, value] = rest[at].split(/=(.*)/s);
    const [, next] = rest.splice(at, value === undefined ? 2 : 1);
    return value ?? next ?? '(none)';
  };
  const has = (name) => {
    const at = rest.indexOf(name);
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  };
  const isQuick = has('--quick');
  const isElsewhere = has('--elsewhere') || Boolean(process.env.AI_IPC_TEST_NEEDS_SERVERS);
  const server = take('--server');
  // The steps inherit it; test/support/chosen-server.ts looks for it there.
  if (server !== undefined) process.env.AI_IPC_TEST_SERVER = server;
  return { isQuick, isElsewhere, server, node: take('--node'), vitest: rest };
}

/** Every commit of a test is a wait for the disk, unless its files are in memory. TMPDIR is the developer's, where he set it. */
function useMemoryForFiles() {
  if (process.env.TMPDIR !== undefined || !existsSync(MEMORY_FOLDER)) return;
  const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
  if (bavail * bsize >= NEEDED_MEMORY_BYTES) process.env.TMPDIR = MEMORY_FOLDER;
}

async function runAll() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  tell(await check('build', [join(ROOT, 'bin', 'build.js')]));
  // Beside the first tests, which leave a core now and then: servers start, files are waited for.
  const checks = runChecks();
  await runTests();
  for (const ended of await checks) tell(ended);
}

async function runTests() {
  if (words.isQuick) {
    const args = ['--project', 'unit', '--changed', 'HEAD'];
    await runVitest({ name: 'unit tests of what has changed', node: process.execPath, args });
    return;
  }
  const isElsewhere = words.isElsewhere && words.node === undefined && words.server === undefined;
  const beside = isElsewhere ? runElsewhere() : Promise.resolve([]);
  const node = words.node === undefined ? process.execPath : await otherNode(words.node);
  if (node !== undefined) await runVitest({ name: 'all tests', node, args: isElsewhere ? MOST_OF_THEM : [] });
  for (const tellIt of await beside) tellIt();
}

/**
 * What was green here may not be on another Node or server: the unit tests, and what the other servers have to prove (a
 * fifth of all CPU). Half of all tests' time is waiting, so these run beside the others; what they print is told behind it.
 */
async function runElsewhere() {
  const told = [];
  const node24 = await otherNode(NODE_24);
  if (node24 !== undefined)
    told.push(await vitestBeside({ name: 'unit tests', node: node24, args: ['--project', 'unit'] }));
  return words.vitest.length === 0 ? [...told, ...(await runOnOtherServers())] : told;
}

/** What cannot be had (no network, no Debian) is told and left out; in CI, which says so, one of them has to be there. */
async function runOnOtherServers() {
  const told = [];
  let found = 0;
  for (const server of OTHER_SERVERS) {
    const looked = await run(
      process.execPath,
      [join(MODULES, 'tsx', 'dist', 'cli.mjs'), 'test/servers.ts', server],
      { output: 'pipe' },
    );
    if (looked.exitCode !== 0) {
      told.push(() => print(`\nleft out: the tests on ${server}. ${firstLine(looked.output)}`));
      continue;
    }
    found += 1;
    const name = `conformance and migrate tests on ${server}`;
    told.push(await vitestBeside({ name, node: process.execPath, args: ON_OTHER_SERVERS, server }));
  }
  if (found === 0 && process.env.AI_IPC_TEST_NEEDS_SERVERS)
    told.push(() => fail('no server but the machine’s own was tested'));
  return told;
}

async function runChecks() {
  const program = (...path) => join(MODULES, ...path);
  // What they look at is the same on every server.
  if (words.server !== undefined) return [];
  return await Promise.all([
    check('lint', [program('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.']),
    check('types of the tests', [program('typescript', 'bin', 'tsc'), '-p', 'tsconfig.test.json']),
    check('unused files, exports and packages', [program('knip', 'bin', 'knip.js')]),
  ]);
}

/** A step that either passes or fails as a whole. */
async function check(name, args) {
  return { name, ...(await run(process.execPath, args, { output: 'pipe' })) };
}

/** What a check has said, when nothing else is printing. */
function tell({ name, exitCode, output }) {
  print(`\n== ${name} (Node ${process.version})\n${output.trim()}`);
  if (exitCode === 0) total.passed += 1;
  else fail(`${name}: ended with ${exitCode}`);
}

async function runVitest(tests) {
  print(await titleOf(tests));
  const { exitCode, report } = await vitest(tests, { output: 'inherit' });
  count({ ...tests, exitCode, report });
}

/** Resolves with what tells and counts it. */
async function vitestBeside(tests) {
  const title = await titleOf(tests);
  const { exitCode, report, output } = await vitest(
    { ...tests, args: [...tests.args, ...BESIDE] },
    { output: 'pipe' },
  );
  return () => {
    print(`${title}\n${output}`);
    count({ ...tests, exitCode, report });
  };
}

async function titleOf({ name, node }) {
  return `\n== ${name} (Node ${await versionOf(node)})`;
}

async function vitest({ name, node, args, server }, { output }) {
  const report = join(reports, `${name.replaceAll(' ', '-')}.json`);
  // A filter may match nothing among the projects of the second run, or a change touch nothing that is tested.
  const isPart = words.isQuick || (words.vitest.length > 0 && node !== process.execPath);
  const leniency = isPart ? ['--passWithNoTests'] : [];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const all = [VITEST, 'run', ...reporters, ...leniency, ...args, ...words.vitest];
  const env = server === undefined ? {} : { AI_IPC_TEST_SERVER: server };
  return { ...(await run(node, all, { output, env })), report };
}

function count({ name, exitCode, report }) {
  const { passed, failures: told, skipped } = readReport(report);
  total.passed += passed;
  total.failed += told.length;
  failures.push(...told.map((failure) => `${name}: ${failure}`));
  if (skipped > 0 && words.vitest.length === 0)
    fail(`${name}: ${skipped} skipped; no test may be skipped`, skipped);
  // An error outside any test and file is in no count.
  if (exitCode !== 0 && told.length === 0) fail(`${name}: vitest ended with ${exitCode}`);
}

function readReport(path) {
  if (!existsSync(path)) return { passed: 0, failures: [], skipped: 0 };
  const report = JSON.parse(readFileSync(path, 'utf8'));
  return {
    passed: report.numPassedTests,
    failures: report.testResults.filter(({ status }) => status === 'failed').flatMap(failuresOf),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** A file that cannot be imported has failed, and has no test that says so. */
function failuresOf({ name, message, assertionResults }) {
  const file = relative(ROOT, name);
  const tests = assertionResults.filter(({ status }) => status === 'failed');
  if (tests.length === 0) return [`${file}: ${firstLine(message)}`];
  return tests.map(
    ({ fullName, failureMessages }) => `${file} > ${fullName}: ${firstLine(failureMessages[0])}`,
  );
}

function firstLine(text = '') {
  return stripVTControlCharacters(text).trim().split('\n', 1)[0].slice(0, 300);
}

/** The program of that version; undefined, and told, where it cannot be had. */
async function otherNode(version) {
  try {
    return await installNode(version);
  } catch (error) {
    fail(`the tests on Node ${version} did not run. ${error.message}`);
    return undefined;
  }
}

/** Resolves with the exit code or the signal's name. Each step gets a process group, so that a signal ends all of it. */
async function run(command, args, { output, env = {} }) {
  if (interruptedBy) return { exitCode: interruptedBy, output: '' };
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
    detached: true,
  });
  running.add(child);
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => chunks.push(chunk));
  const exitCode = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  running.delete(child);
  return { exitCode, output: Buffer.concat(chunks).toString() };
}

function stop(signal) {
  interruptedBy = signal;
  for (const { pid } of running) {
    try {
      if (pid !== undefined) process.kill(-pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error; // The step has just ended by itself.
    }
  }
}

function fail(message, count = 1) {
  total.failed += count;
  failures.push(message);
  print(`FAILED ${message}`);
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
