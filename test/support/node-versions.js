// Nodes of other versions beside the one that runs the tests: their programs, kept in the user's cache folder, where every
// checkout finds them (six are 26 s of CPU to install). Plain JavaScript, because
// test/run.js is. Run as a program, `node test/support/node-versions.js oldest` installs that one and prints its path.
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ai-ipc', 'node');
/** Some 50 MB; here five at a time take 45 s. */
const INSTALL_TIMEOUT_MS = 600_000;

/** The oldest that package.json promises. */
const OLDEST_NODE = '20.19.0';
export const NODE_24 = '24.21.0';
/** Debian 13's Node, the last 20, and the newest of each line that is kept or will be. */
export const NODE_VERSIONS = ['20.19.2', '20.20.2', '22.23.3', NODE_24, '26.10.0'];

/**
 * The path of a program that is this version of Node, installed when it is missing. Rejects with what to do.
 * @param {string} version
 * @returns {Promise<string>}
 */
export async function installNode(version) {
  const folder = join(CACHE, version);
  if (!(await isNode(folder, version))) await installInto(folder, version);
  return programIn(folder);
}

/**
 * What the program itself says of process.version; '' when it cannot be run.
 * @param {string} program
 * @returns {Promise<string>}
 */
export function versionOf(program) {
  return new Promise((resolve) => {
    execFile(program, ['-p', 'process.version'], (error, stdout) => resolve(error ? '' : stdout.trim()));
  });
}

async function isNode(folder, version) {
  return existsSync(programIn(folder)) && (await versionOf(programIn(folder))) === `v${version}`;
}

/**
 * What npm's package `node` fetches with a script and a package of no fixed version, and then copies: the program for this
 * machine. By itself it takes 3.5 s of CPU in place of 4.1 s.
 */
const PACKAGE = `node-${process.platform}-${process.arch}`;

/** It is no dependency of ours, so it has a folder of its own. */
function programIn(folder) {
  return join(folder, 'node_modules', PACKAGE, 'bin', 'node');
}

/** Made elsewhere and put in place whole: two test runs may install the same one at the same time. */
async function installInto(folder, version) {
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  try {
    await npmInstall(draft, version);
    if (!(await isNode(draft, version)))
      throw new Error(
        `npm installed ${PACKAGE}@${version}, but its program says ${await versionOf(programIn(draft))}.`,
      );
    if (!(await isNode(folder, version))) await putInPlace(draft, folder, version);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function putInPlace(draft, folder, version) {
  try {
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } catch (error) {
    // Another run may have been faster by a moment.
    if (!(await isNode(folder, version))) throw error;
  }
}

async function npmInstall(folder, version) {
  const prefix = ['--prefix', folder, '--no-save', '--no-package-lock', '--no-audit', '--no-fund'];
  const args = ['install', ...prefix, '--ignore-scripts', `${PACKAGE}@${version}`];
  const { exitCode, output } = await run('npm', args);
  if (exitCode === 0) return;
  throw new Error(
    `Node ${version} could not be installed (npm: ${exitCode}). Is registry.npmjs.org reachable?\n${output}`,
  );
}

/** Resolves with the exit code, or with why there is none, and with all that was printed. */
function run(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: INSTALL_TIMEOUT_MS });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ exitCode: error.message, output }));
    child.on('close', (code, signal) => resolve({ exitCode: code ?? signal, output }));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , word] = process.argv;
  const version = word === 'oldest' ? OLDEST_NODE : word;
  if (version === undefined) throw new Error('Which version? node test/support/node-versions.js 26.10.0');
  process.stdout.write(`${await installNode(version)}\n`);
}
