import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { AiIpcError } from '../../base/errors.ts';
import { readEnv } from './env-text.ts';
import { textOf } from './files.ts';
import type { Launcher } from './launcher.ts';
import type { Place } from './place.ts';
import { wordsOf } from './started.ts';
import { execOf } from './unit-text.ts';
import type { Unit } from './units-step.ts';
import { findUser, type MachineUser } from './user-step.ts';

/** As systemd has it for its units. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** As long as systemd waits for the worker. */
const STOP_LIMIT_MS = 40_000;
const LOOK_EVERY_MS = 100;

/** Without systemd: as processes of their own, which live until they are stopped or the machine is. */
export function processes(place: Place, user: string): Launcher {
  const pidFile = ({ name }: Unit) => join(place.pids, `${name}.pid`);
  const logFile = ({ name }: Unit) => join(place.logs, `${name}.log`);
  const pidOf = (unit: Unit) => {
    const pid = Number(textOf(pidFile(unit)) ?? 0);
    // Another process may have the number of one that is gone.
    return pid > 0 && isOf(unit, wordsOf(pid)) ? pid : undefined;
  };
  return {
    pidOf,
    async start(units) {
      for (const folder of [place.logs, place.pids]) mkdirSync(folder, { recursive: true });
      for (const unit of units) {
        await end(pidOf(unit), unit);
        rmSync(pidFile(unit), { force: true });
        writeFileSync(pidFile(unit), String(await begin(unit, { place, user, log: logFile(unit) })));
      }
    },
    byHand: (units) =>
      units.map((unit) => `${execOf(unit.text).slice(1).join(' ')} >>${logFile(unit)} 2>&1 &`),
    advice: (units) => [
      'No systemd runs here: they are processes of their own, which do not start again with the machine.',
      'To start them again: sudo ai-ipc setup --yes',
      `To stop them: cd ${place.folder} && ${units.map(({ name }) => `sudo ai-ipc ${wordOf(name)} stop`).join('; ')}`,
      `Their logs: ${units.map(logFile).join(', ')}`,
    ],
  };
}

/** ai-ipc-worker → worker. */
function wordOf(name: string): string {
  return name.replace(/^ai-ipc-/, '');
}

/** Node's words are those of the unit, but for env in front. */
function isOf(unit: Unit, words: readonly string[]): boolean {
  const [script = ''] = execOf(unit.text).filter((word) => word.endsWith('.js'));
  const at = words.indexOf(script);
  return at >= 0 && words[at + 1] === wordOf(unit.name);
}

interface Begin {
  readonly place: Place;
  readonly user: string;
  readonly log: string;
}

async function begin(unit: Unit, { place, user, log }: Begin): Promise<number> {
  const [program = '', ...args] = execOf(unit.text);
  const output = openSync(log, 'a', 0o640);
  try {
    const child = spawn(program, args, {
      ...identityOf(findUser(user)),
      cwd: place.settingsFolder,
      env: { PATH, ...readEnv(textOf(place.settingsFile) ?? '') },
      stdio: ['ignore', output, output],
      detached: true,
    });
    await once(child, 'spawn');
    child.unref();
    return child.pid ?? 0;
  } catch (error) {
    throw new AiIpcError('setup_refused', `${unit.name} cannot be started: ${program} ${args.join(' ')}`, {
      cause: error,
    });
  } finally {
    closeSync(output);
  }
}

/** Only root becomes another user. */
function identityOf(user: MachineUser | undefined): { uid?: number; gid?: number } {
  if (user === undefined || user.uid === process.getuid?.()) return {};
  return { uid: user.uid, gid: user.gid };
}

async function end(pid: number | undefined, { name }: Unit): Promise<void> {
  if (pid === undefined) return;
  process.kill(pid, 'SIGTERM');
  const endMs = performance.now() + STOP_LIMIT_MS;
  while (wordsOf(pid).length > 0) {
    if (performance.now() > endMs)
      throw new AiIpcError(
        'not_stopped',
        `${name} (process ${pid}) does not end. End it (sudo kill -9 ${pid}), and run setup again.`,
      );
    await systemClock.sleep(LOOK_EVERY_MS);
  }
}
