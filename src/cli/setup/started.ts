import { readFileSync } from 'node:fs';
import { textOf } from './files.ts';

/** What the kernel counts a process's start in. */
const TICKS_A_SECOND = 100;

/** When a process of this machine began, by the clock of its files (Linux); undefined for one that is gone. */
export function startedAtMs(pid: number): number | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // Behind the name, which may have any character, comes field 3; the start is field 22.
  const ticks = Number(stat.replace(/^.*\) /s, '').split(' ')[19]);
  const upSeconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return Date.now() - (upSeconds - ticks / TICKS_A_SECOND) * 1_000;
}

/** The words of a process; none for one that is gone. */
export function wordsOf(pid: number): string[] {
  return textOf(`/proc/${pid}/cmdline`)?.split('\0').filter(Boolean) ?? [];
}
