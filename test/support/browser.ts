import { type Browser, chromium } from 'playwright-core';
import { findProgram, installWithApt } from './apt.ts';

/** A start of the browser takes half a second; on two busy cores, with a cold disk, some ten. */
const START_TIMEOUT_MS = 120_000;

/** Debian's Chromium, installed where it can be; for everybody else the error says how. No browser is downloaded. */
export async function openBrowser(): Promise<Browser> {
  if (!findProgram('chromium')) installWithApt(['chromium'], 'Chromium was not found.');
  const executablePath = findProgram('chromium');
  if (!executablePath) throw new Error('Chromium was installed, and is not in the PATH.');
  // Its sandbox refuses root, and all that it is shown is ours.
  return await chromium.launch({
    executablePath,
    timeout: START_TIMEOUT_MS,
    // One process draws all pages: each of its own would cost a tenth of a second of CPU.
    args: [
      ...['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--in-process-gpu'],
      '--renderer-process-limit=1',
    ],
  });
}
