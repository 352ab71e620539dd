import { createAiClient } from '../../ai/ai-client.ts';
import { createBreaker } from '../../ai/breaker.ts';
import { systemClock } from '../../base/clock.ts';
import type { Events } from '../../base/events.ts';
import { packageVersion } from '../../base/version.ts';
import type { WorkerSettings } from '../../config/load.ts';
import type { QueueStore } from '../../queue/queue-store.ts';
import { openStore, type StoreSettings } from '../../store/open-store.ts';
import { Worker } from '../../worker/worker.ts';

/** SIGBREAK is what closing a Windows console sends. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGBREAK: 149 } as const;
const STOP_SIGNALS = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];

/** What another process told this one: nothing yet, or to stop. */
export interface Stop {
  readonly signal: AbortSignal;
  /** What a shell expects of a process that a signal ended, such as 130 for SIGINT; undefined without a signal. */
  exitCode(): number | undefined;
}

/** Runs `work` with an eye on the signals that ask to stop. A second one ends the process at once. */
export async function withStop<T>(work: (stop: Stop) => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  let exitCode: number | undefined;
  const onSignal = (name: keyof typeof EXIT_CODES) => {
    exitCode = EXIT_CODES[name];
    unlisten();
    stopping.abort();
  };
  const unlisten = () => {
    for (const name of STOP_SIGNALS) process.off(name, onSignal);
  };
  for (const name of STOP_SIGNALS) process.on(name, onSignal);
  try {
    return await work({ signal: stopping.signal, exitCode: () => exitCode });
  } finally {
    unlisten();
  }
}

/** Opens the queue for `work` and closes it again, whatever happens. Throws as openStore does. */
export async function withStore<T>(
  settings: StoreSettings,
  work: (store: QueueStore) => Promise<T>,
): Promise<T> {
  const store = await openStore(settings);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

export interface WorkerParts {
  readonly store: QueueStore;
  readonly settings: WorkerSettings;
  readonly events: Events;
}

/** Runs a worker in this process beside `work`; afterwards its calls end and it is gone from ai_workers. */
export async function withWorker<T>(parts: WorkerParts, work: (worker: Worker) => Promise<T>): Promise<T> {
  const { store, settings, events } = parts;
  const client = createAiClient({
    baseUrl: settings.aiServiceBaseUrl,
    headers: settings.aiServiceHeaders,
    maxResponseBytes: settings.maxResponseBytes,
    connections: settings.concurrency,
  });
  const breaker = createBreaker(systemClock);
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
