import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const SCRIPT = readFileSync(join(import.meta.dirname, '../debian13/run.sh'), 'utf8');
const BASH = '/bin/bash';
const NOBODY = 65_534;

/** The script as bash's argument: an ordinary user may not be able to read the checkout. */
function runScript(options: { uid?: number; env?: NodeJS.ProcessEnv }) {
  return spawnSync(BASH, ['-c', SCRIPT], { cwd: '/', encoding: 'utf8', ...options });
}

it('Debian 13 is left out, with the reason and what is needed, where there is no apt-get', () => {
  const emptyFolder = mkdtempSync(join(tmpdir(), 'ai-ipc-no-apt-'));
  const { status, stdout } = runScript({ env: { PATH: emptyFolder } });
  rmSync(emptyFolder, { recursive: true });

  expect(stdout).toMatch(/^left out: .* there is no apt-get\.\nNeeded: root on Debian or Ubuntu/);
  expect(status).toBe(0);
});

it('… and where the user is not root', () => {
  const { status, stdout } = runScript(process.getuid?.() === 0 ? { uid: NOBODY } : {});

  expect(stdout).toMatch(/^left out: .* you are not root\.\nNeeded: root on Debian or Ubuntu/);
  expect(status).toBe(0);
});
