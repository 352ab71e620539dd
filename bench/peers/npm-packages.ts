import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** 90 packages took 20 s here. */
const INSTALL_TIMEOUT_MS = 600_000;

/**
 * The folder where these packages are, such as `bullmq@6.7.0`: installed once into the user's cache, where every checkout
 * finds them. No script of theirs is run.
 */
export async function installNpmPackages(packages: readonly string[]): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ai-ipc', 'peers');
  const folder = join(cache, packages.join('+').replaceAll('/', '-'));
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  process.stderr.write(`Installing ${packages.join(' and ')} with npm into ${folder}, once.\n`);
  const draft = mkdtempSync(`${folder}-`);
  try {
    await npmInstall(draft, packages);
    putInPlace(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

async function npmInstall(folder: string, packages: readonly string[]): Promise<void> {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const options = ['--prefix', folder, '--save-exact', '--ignore-scripts', '--no-audit', '--no-fund'];
  try {
    await promisify(execFile)('npm', ['install', ...options, ...packages], { timeout: INSTALL_TIMEOUT_MS });
  } catch (error) {
    throw new Error(
      `npm could not install ${packages.join(' and ')}. Is registry.npmjs.org reachable?\n${error}`,
      {
        cause: error,
      },
    );
  }
}

/** Of two that install at once, the first has made the place. */
function putInPlace(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
