import { readFileSync } from 'node:fs';

/** What the kernel counts CPU time in. */
const TICK_MS = 10;

/** User and system time of a process so far (Linux). */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
