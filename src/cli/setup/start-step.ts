import { statSync } from 'node:fs';
import type { Launcher } from './launcher.ts';
import type { Place } from './place.ts';
import { startedAtMs } from './started.ts';
import type { Step } from './step.ts';
import { type Unit, unitPath } from './units-step.ts';

/** The kernel counts a start in steps of 10 ms. */
const TOLERANCE_MS = 50;

/** Worker and service run, with the settings and the units as they are now. */
export function startStep(place: Place, units: readonly Unit[], launcher: Launcher): Step {
  const hasCurrent = (unit: Unit) => {
    const pid = launcher.pidOf(unit);
    const startedMs = pid === undefined ? undefined : startedAtMs(pid);
    if (startedMs === undefined) return false;
    return [place.settingsFile, unitPath(place, unit)].every(
      (path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) <= startedMs + TOLERANCE_MS,
    );
  };
  return {
    name: `started: ${units.map(({ name }) => name).join(', ')}`,
    byHand: launcher.byHand(units),
    async isDone() {
      return units.every(hasCurrent);
    },
    async work(onWork) {
      await launcher.start(units.filter((unit) => !hasCurrent(unit)));
      for (const unit of units) onWork(`${unit.name}: process ${launcher.pidOf(unit) ?? 'ended at once'}`);
      for (const line of launcher.advice(units)) onWork(line);
    },
  };
}
