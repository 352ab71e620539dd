import type { ProgramNote, Resources } from '../support/history/notes.ts';
import { resourcesOf } from './resources.ts';
import type { Stage } from './stage.ts';

/** What is known of workers and clients; what they hold is looked at when they rest. */
export class Programs {
  readonly #stage: Stage;
  /** At the first rest of each, by its pid. */
  readonly #first = new Map<number, Resources>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Ends since the last look, and all that run. */
  look(): ProgramNote[] {
    const { workers, clients } = this.#stage;
    const ended = [...workers, ...clients].flatMap(({ notes }) => notes.splice(0));
    const running = [
      ...workers.flatMap((slot) => (slot.hasEnded ? [] : [this.#atRest(slot.id, slot.pid)])),
      ...clients.flatMap(({ name, pid }) => (pid === undefined ? [] : [this.#atRest(name, pid)])),
    ];
    return [...ended, ...running];
  }

  #atRest(name: string, pid: number): ProgramNote {
    const after = resourcesOf(pid);
    const before = this.#first.get(pid);
    if (before === undefined) this.#first.set(pid, after);
    return { name, end: 'running', ...(before === undefined ? {} : { resting: { before, after } }) };
  }
}
