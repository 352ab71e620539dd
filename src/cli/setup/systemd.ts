import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { AiIpcError } from '../../base/errors.ts';
import type { Launcher } from './launcher.ts';

/** Only while systemd is process 1 (sd_booted(3)). */
const BOOTED_BY_SYSTEMD = '/run/systemd/system';
/** A worker that ends has up to 40 s for its calls (TimeoutStopSec). */
const LIMIT_MS = 120_000;

export function isSystemdHere(): boolean {
  return existsSync(BOOTED_BY_SYSTEMD);
}

/** By the units of systemd, which start again with the machine. */
export const systemd: Launcher = {
  pidOf({ name }) {
    const isOn = run(['is-enabled', '--quiet', name]).isGood && run(['is-active', '--quiet', name]).isGood;
    const pid = Number(isOn ? run(['show', '--property=MainPID', '--value', name]).text : 0);
    return pid > 0 ? pid : undefined;
  },
  async start(units) {
    const names = units.map(({ name }) => name);
    for (const words of [['daemon-reload'], ['enable', ...names], ['restart', ...names]]) {
      const { isGood, text } = run(words);
      if (!isGood)
        throw new AiIpcError(
          'setup_refused',
          `systemctl ${words.join(' ')} failed: ${text} Look: sudo journalctl -u ${names[0]} -n 20`,
        );
    }
  },
  byHand: (units) => [
    'systemctl daemon-reload',
    `systemctl enable --now ${units.map(({ name }) => name).join(' ')}`,
  ],
  advice: (units) => [
    `They start with the machine. To look: sudo systemctl status ${units.map(({ name }) => name).join(' ')}`,
  ],
};

function run(words: readonly string[]): { readonly isGood: boolean; readonly text: string } {
  const { status, stdout, stderr, error } = spawnSync('systemctl', words, {
    encoding: 'utf8',
    timeout: LIMIT_MS,
  });
  return { isGood: status === 0, text: (error?.message ?? `${stdout}${stderr}`).trim() };
}
