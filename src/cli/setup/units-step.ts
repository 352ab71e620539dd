import { join } from 'node:path';
import { textOf, writeWhole } from './files.ts';
import type { Place } from './place.ts';
import type { Step } from './step.ts';

/** A unit as it shall be. */
export interface Unit {
  /** Such as ai-ipc-worker. */
  readonly name: string;
  readonly text: string;
}

export function unitPath({ units }: Place, { name }: Pick<Unit, 'name'>): string {
  return join(units, `${name}.service`);
}

/** The units of systemd. Where there is no systemd they do no harm, and wait for one. */
export function unitsStep(place: Place, units: readonly Unit[]): Step {
  const missing = () => units.filter((unit) => textOf(unitPath(place, unit)) !== unit.text);
  return {
    name: `the units ${units.map(({ name }) => name).join(', ')}`,
    byHand: units.map((unit) => `${unitPath(place, unit)}: that of deploy/, with the paths of this machine`),
    async isDone() {
      return missing().length === 0;
    },
    async work(onWork) {
      for (const unit of missing()) {
        writeWhole(unitPath(place, unit), unit.text, 0o644);
        onWork(unitPath(place, unit));
      }
    },
  };
}
