import { createEvents } from '../../base/events.ts';
import type { Settings } from '../../config/load.ts';
import type { QueueStore } from '../../queue/queue-store.ts';
import { openStore } from '../../store/open-store.ts';
import type { Worker } from '../../worker/worker.ts';
import { withWorker } from '../base/with-worker.ts';
import { MARK } from './requests.ts';

/**
 * Runs a worker that serves the self-test's own requests and nobody else's: players who wait for a worker must not be
 * served by the very program that is asked whether one is there.
 */
export async function withOwnWorker<T>(settings: Settings, work: (worker: Worker) => Promise<T>): Promise<T> {
  const store = await openStore(settings.database, { onlyMarked: MARK });
  try {
    return await withWorker(
      { store: unseen(store), settings: settings.worker, events: createEvents() },
      work,
    );
  } finally {
    await store.close();
  }
}

/** No row in ai_workers, by which clients would take it for a living worker; and no house-keeping among others' rows. */
function unseen(store: QueueStore): QueueStore {
  return {
    ...store,
    heartbeat: async () => undefined,
    retire: async () => undefined,
    sightings: async () => [],
    cleanup: async () => 0,
  };
}
