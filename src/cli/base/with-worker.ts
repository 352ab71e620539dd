import { createAiClient } from '../../ai/ai-client.ts';
import { type AiBreaker, createBreaker } from '../../ai/breaker.ts';
import { systemClock } from '../../base/clock.ts';
import type { Events } from '../../base/events.ts';
import { packageVersion } from '../../base/version.ts';
import type { WorkerSettings } from '../../config/load.ts';
import type { QueueStore } from '../../queue/queue-store.ts';
import { Worker } from '../../worker/worker.ts';

export interface WorkerParts {
  readonly store: QueueStore;
  readonly settings: WorkerSettings;
  readonly events: Events;
  /** Default: one of its own. */
  readonly breaker?: AiBreaker;
}

/** Runs a worker in this process beside `work`; afterwards its calls end and it is gone from ai_workers. */
export async function withWorker<T>(parts: WorkerParts, work: (worker: Worker) => Promise<T>): Promise<T> {
  const { store, settings, events, breaker = createBreaker(systemClock) } = parts;
  const client = createAiClient({
    baseUrl: settings.aiServiceBaseUrl,
    headers: settings.aiServiceHeaders,
    proxies: settings.proxies,
    caFile: settings.aiServiceCaFile,
    maxResponseBytes: settings.maxResponseBytes,
    connections: settings.concurrency,
  });
  const worker = new Worker({
    store,
    client,
    breaker,
    events,
    settings,
    version: packageVersion(),
  });
  try {
    await worker.start();
    return await work(worker);
  } finally {
    await worker.stop();
    await client.close();
  }
}

/** A worker that runs for minutes deletes nothing: how long old requests are kept is for the admin's own worker. */
export function keepingOldRequests(store: QueueStore): QueueStore {
  return { ...store, cleanup: async () => 0 };
}
