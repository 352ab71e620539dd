import { spawnSync } from 'node:child_process';
import { AiIpcError } from '../../base/errors.ts';
import type { Step } from './step.ts';

/** The user of the machine as whom worker and service run. */
export function userStep(user: string): Step {
  return {
    name: `the user ${user} of this machine`,
    byHand: [`useradd --system --shell /usr/sbin/nologin ${user}`],
    async isDone() {
      return findUser(user) !== undefined;
    },
    async work(onWork) {
      const { error, status, stderr } = spawnSync(
        'useradd',
        ['--system', '--shell', '/usr/sbin/nologin', user],
        { encoding: 'utf8', timeout: LIMIT_MS },
      );
      if (error !== undefined || status !== 0)
        throw new AiIpcError(
          'setup_refused',
          `The user ${user} cannot be made: ${error?.message ?? stderr.trim()}. Debian has useradd in: sudo apt-get install passwd`,
        );
      onWork(`useradd --system ${user}`);
    },
  };
}

/** Who waits for a lock on /etc/passwd waits 15 s. */
const LIMIT_MS = 30_000;

export interface MachineUser {
  readonly uid: number;
  readonly gid: number;
  readonly group: string;
}

export function findUser(name: string): MachineUser | undefined {
  const [uid, gid, group] = ['-u', '-g', '-gn'].map((option) => idOf(option, name));
  if (uid === undefined || gid === undefined || group === undefined) return undefined;
  return { uid: Number(uid), gid: Number(gid), group };
}

function idOf(option: string, name: string): string | undefined {
  const { status, stdout } = spawnSync('id', [option, '--', name], { encoding: 'utf8', timeout: LIMIT_MS });
  return status === 0 ? stdout.trim() : undefined;
}
