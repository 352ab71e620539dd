import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** What the kernel counts CPU time in. */
const TICK_MS = 10;

/**
 * CPU time so far of a process, of those that it has started and of those among them that have ended (Linux): PostgreSQL has
 * a process for each connection.
 */
export function familyCpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks * TICK_MS + childrenOf(pid).reduce((sum, child) => sum + cpuMsOrNone(child), 0);
}

function childrenOf(pid: number): number[] {
  const lists = readdirSync(`/proc/${pid}/task`).map((thread) => childrenOfThread(pid, thread));
  return lists.join(' ').split(' ').filter(Boolean).map(Number);
}

function childrenOfThread(pid: number, thread: string): string {
  try {
    return readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim();
  } catch (error) {
    // It may have ended since; a kernel that lists no children must not make them look idle.
    if (existsSync(`/proc/${pid}/task/${thread}`)) throw error;
    return '';
  }
}

function cpuMsOrNone(pid: number): number {
  try {
    return familyCpuMs(pid);
  } catch (error) {
    // It may have ended since: its time is its parent's by now.
    if (existsSync(`/proc/${pid}`)) throw error;
    return 0;
  }
}
