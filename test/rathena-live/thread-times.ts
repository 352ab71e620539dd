import { readFileSync } from 'node:fs';

const NANOSECONDS_A_MS = 1e6;

export interface Times {
  /** On a core. */
  readonly ranMs: number;
  /** Ready for one, while others had it. */
  readonly waitedMs: number;
}

/** What a thread has had since its start, from its file `schedstat` in /proc; that of a process is of its main thread. */
export function timesOf(schedstat: string): Times {
  const [ran = 0, waited = 0] = readFileSync(schedstat, 'utf8').split(' ').map(Number);
  return { ranMs: ran / NANOSECONDS_A_MS, waitedMs: waited / NANOSECONDS_A_MS };
}
