import type { Random } from '../../support/random.ts';
import type { Stage } from '../stage.ts';

/** Something that goes wrong, and is right again. */
export interface Fault {
  readonly name: string;
  readonly group: 'worker' | 'database' | 'network' | 'AI service' | 'clock';
  /** What is measured as its recovery, for the report. */
  readonly recovery: string;
  /** How long that may take. */
  readonly limitMs: number;
  /** Whether, until it is over, requests may be open for longer than their life. */
  readonly isHindrance: boolean;
  /** How long it is kept up, at the least and at the most; left out where it has its own time. */
  readonly lastsMs?: readonly [least: number, most: number];
  /** Why it cannot be played here; undefined where it can. */
  missing?(stage: Stage): string | undefined;
  /** Does it, takes it back, and gives how long the recovery took, in milliseconds. */
  play(stage: Stage, how: How): Promise<number>;
}

/** What the schedule has chosen for one time. */
export interface How {
  /** Of `lastsMs`. */
  readonly forMs: number;
  /** For all else that is left to chance. */
  readonly random: Random;
}

/** How long what is promised may take at most, by what was away. */
export const LIMITS_MS = { worker: 15_000, database: 5_000, ai: 2_000 } as const;
