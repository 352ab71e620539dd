import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findProgram } from './apt.ts';

/** A database server refuses to run as root. The package mariadb-server makes the user mysql; nobody is everywhere. */
function serverUser(): { name: string; uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['mysql', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('A server needs an unprivileged user, and neither mysql nor nobody is in /etc/passwd.');
}

/** Who runs the servers of the tests, as it should stand in a message. */
export function serverUserName(): string {
  return serverUser()?.name ?? 'you';
}

export function giveToServerUser(folder: string): void {
  const user = serverUser();
  if (user) execFileSync('chown', [`${user.uid}:${user.gid}`, folder]);
}

/**
 * The command line that runs a program as the server's user. The kernel kills it when this process dies (the option --user
 * of mariadbd would undo that, since setuid clears it).
 */
export function asServerUser(program: string, args: readonly string[]): [string, string[]] {
  const user = serverUser();
  const ids = user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'] : [];
  const command = dyingWithUs(program, args, ids);
  if (user && command[0] === program)
    throw new Error('To run a server as another user than root, setpriv of util-linux is needed.');
  return command;
}

/**
 * The command line that runs a program which must not outlive this process: on Linux the kernel kills it then, even when a
 * SIGKILL ends this process (setpriv of util-linux). Its pid is the one of what was started.
 */
export function dyingWithUs(
  program: string,
  args: readonly string[],
  ids: readonly string[] = [],
): [string, string[]] {
  const setpriv = findProgram('setpriv');
  if (!setpriv) return [program, [...args]];
  return [setpriv, ['--pdeathsig=KILL', ...ids, '--', program, ...args]];
}
