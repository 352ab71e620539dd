// What `npm test` runs: every check, even after one has failed, and at the end one line `N passed, N failed`.
// `npm test -- test/fault` hands what follows `--` to vitest.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installNode, NODE_24, versionOf } from './support/node-versions.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
const VITEST = join(MODULES, 'vitest', 'vitest.mjs');

const vitestArgs = process.argv.slice(2);
const reports = mkdtempSync(join(tmpdir(), 'ai-ipc-test-'));
const total = { passed: 0, failed: 0 };
let running;
let interruptedBy;

await runAll();
rmSync(reports, { recursive: true, force: true });
process.exitCode = total.failed === 0 ? 0 : 1;
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);

async function runAll() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  const programs = programPaths();
  await check('lint', process.execPath, [programs.biome, 'check', '--error-on-warnings', '.']);
  await check('build', process.execPath, [join(ROOT, 'bin', 'build.js')]);
  await check('types of the tests', process.execPath, [programs.tsc, '-p', 'tsconfig.test.json']);
  await check('unused files, exports and packages', process.execPath, [programs.knip]);
  await runVitest('all tests', process.execPath, []);
  const node24 = await installNode24();
  if (node24 !== undefined)
    await runVitest('unit and conformance tests', node24, ['--project', 'unit', '--project', 'conformance']);
}

function programPaths() {
  return {
    biome: join(MODULES, '@biomejs', 'biome', 'bin', 'biome'),
    tsc: join(MODULES, 'typescript', 'bin', 'tsc'),
    knip: join(MODULES, 'knip', 'bin', 'knip.js'),
  };
}

/** A step that either passes or fails as a whole. */
async function check(name, command, args) {
  await printHeading(name, command);
  const exitCode = await run(command, args);
  if (exitCode === 0) total.passed += 1;
  else fail(`${name}: ended with ${exitCode}`);
  return exitCode === 0;
}

async function runVitest(name, node, args) {
  await printHeading(name, node);
  const report = join(reports, `${total.passed}-${total.failed}.json`);
  // A filter may match nothing among the projects of the second run.
  const leniency = vitestArgs.length > 0 && node !== process.execPath ? ['--passWithNoTests'] : [];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const exitCode = await run(node, [VITEST, 'run', ...reporters, ...leniency, ...args, ...vitestArgs]);
  const { passed, failed, skipped } = readReport(report);
  total.passed += passed;
  total.failed += failed;
  if (skipped > 0 && vitestArgs.length === 0)
    fail(`${name}: ${skipped} skipped; no test may be skipped`, skipped);
  // An error outside any test and file is in no count.
  if (exitCode !== 0 && failed === 0) fail(`${name}: vitest ended with ${exitCode}`);
}

function readReport(path) {
  if (!existsSync(path)) return { passed: 0, failed: 0, skipped: 0 };
  const report = JSON.parse(readFileSync(path, 'utf8'));
  // A file that cannot be imported has failed, and has no test that says so.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

async function installNode24() {
  try {
    return await installNode(NODE_24);
  } catch (error) {
    return fail(`the tests on Node ${NODE_24} did not run. ${error.message}`);
  }
}

async function printHeading(name, command) {
  const version = command.endsWith('node') ? await versionOf(command) : process.version;
  print(`\n== ${name} (Node ${version})`);
}

/** Resolves with the exit code or the signal's name. The step gets a process group, so that a signal ends all of it. */
async function run(command, args) {
  if (interruptedBy) return interruptedBy;
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  running = child;
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(code ?? signal));
  });
}

function stop(signal) {
  interruptedBy = signal;
  try {
    if (running?.pid !== undefined) process.kill(-running.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // The step has just ended by itself.
  }
}

function fail(message, count = 1) {
  total.failed += count;
  print(`FAILED ${message}`);
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
