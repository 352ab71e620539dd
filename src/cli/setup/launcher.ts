import type { Unit } from './units-step.ts';

/** Starts worker and service, and sees whether they run. */
export interface Launcher {
  /** The process of a unit that runs as it shall; undefined where none does. */
  pidOf(unit: Unit): number | undefined;
  /** Starts them, and those anew that run already. */
  start(units: readonly Unit[]): Promise<void>;
  /** The same by hand. */
  byHand(units: readonly Unit[]): string[];
  /** What a person has to know of them afterwards. */
  advice(units: readonly Unit[]): string[];
}
