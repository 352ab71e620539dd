import { DeathWatch } from './death-watch.ts';
import type { StatisticsCounter } from './statistics.ts';
import type { WorkerContext } from './worker-parts.ts';

/** With the 10 s of silence that make a worker dead, and a look just then, its requests are pending again within 13 s. */
const LOOK_EVERY_MS = 2_500;
/** What somebody's open transaction held at the first try is taken up again soon: 15 s are promised for all of it. */
const AGAIN_MS = 500;

export interface RescuerOptions extends WorkerContext {
  /** Whether this worker's own heartbeats reach the database. */
  readonly isHeartbeatFresh: () => boolean;
  readonly statistics: StatisticsCounter;
  /** Takes away the rows of the dead; that may wait for a lock, and no rescue waits for it. */
  readonly retire: (workerIds: readonly string[]) => void;
}

/** Finds the dead among the other workers, and takes their requests back. */
export class Rescuer {
  readonly #options: RescuerOptions;
  readonly #watch: DeathWatch;
  /** Those whose death was told. */
  #told: ReadonlySet<string> = new Set();

  constructor(options: RescuerOptions) {
    this.#options = options;
    this.#watch = new DeathWatch(options.clock);
  }

  /** One look at the others; returns how many milliseconds to rest before the next. */
  async look(): Promise<number> {
    try {
      const dead = await this.#findDead();
      if (dead.length > 0) await this.#rescue(dead);
      this.#told = new Set(dead);
      const restMs = dead.length > 0 ? AGAIN_MS : LOOK_EVERY_MS;
      return Math.min(restMs, Math.ceil(this.#watch.nextDeathInMs));
    } catch (error) {
      this.#watch.reset();
      throw error;
    }
  }

  async #findDead(): Promise<readonly string[]> {
    const { store, workerId, isHeartbeatFresh } = this.#options;
    if (isHeartbeatFresh()) {
      const sightings = await store.sightings();
      return this.#watch.observe(sightings.filter(({ id }) => id !== workerId));
    }
    // A database that cannot be written to keeps everybody's heartbeat unchanged: that makes nobody dead.
    this.#watch.reset();
    return [];
  }

  async #rescue(deadWorkerIds: readonly string[]): Promise<void> {
    const { store, events, workerId, settings, statistics, retire } = this.#options;
    const { maxAttempts } = settings;
    const count = await store.rescue({ workerIds: deadWorkerIds, maxAttempts, rescuerId: workerId });
    retire(deadWorkerIds);
    statistics.countLost(count.failed);
    const isNews = count.rescued + count.failed > 0 || deadWorkerIds.some((id) => !this.#told.has(id));
    if (isNews) events.emit('rescued', { workerId, deadWorkerIds, ...count });
  }
}
