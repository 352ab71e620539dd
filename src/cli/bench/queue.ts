import { systemClock } from '../../base/clock.ts';
import { AiIpcError, type RequestError } from '../../base/errors.ts';
import { createEvents, type Events } from '../../base/events.ts';
import { AiIpc } from '../../client/ai-ipc.ts';
import type { WorkerSettings } from '../../config/load.ts';
import type { QueueStore } from '../../queue/queue-store.ts';
import { openStore, type StoreSettings } from '../../store/open-store.ts';
import type { Worker } from '../../worker/worker.ts';
import { keepingOldRequests, withWorker } from '../base/with-worker.ts';
import { withAiStub } from './ai-stub.ts';

/** What a player says, and what goes with it. */
const DATA = JSON.stringify({
  message: 'Hello! Where am I, and where do I find the castle?',
  npc_id: 'ai-ipc-bench',
  player_id: 'nobody',
  context: { map: 'prontera', level: 42 },
});
const ENDPOINT = '/api/v1/npc/dialogue';
/** Longer than any of them waits for a server that works. */
const ASK_SECONDS = 10;
/** Longer than a bench runs: none may end by its age while the queue is drained. */
const LIFE_SECONDS = 600;
/** One packet's worth; between two of them a stop is heard. */
const INSERT_AT_ONCE = 500;

/** A queue in a place of a bench. */
export interface BenchQueue {
  readonly store: QueueStore;
  readonly settings: WorkerSettings;
}

/** Opens the queue in the place; nobody else knows of it. `worker`: the settings of the one that serves. */
export async function withQueue<T>(
  place: StoreSettings,
  worker: WorkerSettings,
  work: (queue: BenchQueue) => Promise<T>,
): Promise<T> {
  return await withAiStub(async (url) => {
    const store = await openStore(place);
    try {
      return await work({ store: keepingOldRequests(store), settings: ownSettings(worker, url) });
    } finally {
      await store.close();
    }
  });
}

/** What the admin's worker has, but for all that leads elsewhere: its AI service, the key for it, proxies, addresses. */
function ownSettings({ proxies: _, ...settings }: WorkerSettings, url: string): WorkerSettings {
  return {
    ...settings,
    aiServiceBaseUrl: url,
    aiServiceHeaders: {},
    aiServiceCaFile: null,
    doorbellBind: '127.0.0.1:0',
    doorbellAdvertise: null,
    metricsListen: null,
  };
}

/** Gives `work` a function that asks for one answer and waits for it; it gives the id of the request. */
export async function withAsking<T>(
  { store, settings }: BenchQueue,
  work: (ask: () => Promise<number>) => Promise<T>,
): Promise<T> {
  const events = createEvents();
  return await withWorker({ store, settings, events }, async () => {
    // As a program of the admin's does it: it rings the worker's doorbell, and is rung back. The store stays open.
    const client = new AiIpc({ ...store, close: async () => undefined }, { timeoutSeconds: ASK_SECONDS });
    try {
      return await work(async () => {
        const { id, status, error } = await client.ask('bench', ENDPOINT, DATA);
        if (status !== 'completed') throw unanswered(error ?? undefined);
        return id;
      });
    } finally {
      await client.close();
    }
  });
}

function unanswered(error: RequestError = NO_REASON): AiIpcError {
  return new AiIpcError(error.code, `A request of the bench was not answered: ${error.message}`);
}

const NO_REASON: RequestError = { code: 'expired', message: 'There is no reason with it.' };

export interface Drained {
  /** How many were answered. */
  readonly count: number;
  readonly perSecond: number;
  /** Which part of the time this process was at work: 1 is all that one core gives. */
  readonly busy: number;
}

export interface DrainBounds {
  readonly count: number;
  /** Of queueing, and of draining. */
  readonly ms: number;
  readonly signal: AbortSignal;
}

/** Queues `count` requests while nobody serves, and has a worker drain them; undefined where it was stopped before. */
export async function drain(queue: BenchQueue, bounds: DrainBounds): Promise<Drained | undefined> {
  const queued = await fill(queue.store, bounds);
  if (queued === 0 || bounds.signal.aborted) return undefined;
  const events = createEvents();
  return await withWorker({ ...queue, events }, (worker) =>
    watch(worker, events, { ...bounds, count: queued }),
  );
}

/** Returns how many it were in the time. */
async function fill(store: QueueStore, { count, ms, signal }: DrainBounds): Promise<number> {
  const untilMs = systemClock.nowMs() + ms;
  const request = {
    ...{ type: 'bench', endpoint: ENDPOINT, data: DATA, priority: 5, timeoutSeconds: LIFE_SECONDS },
    ...{ sourceNpc: null, sourceMap: null },
  };
  let queued = 0;
  while (queued < count && !signal.aborted && systemClock.nowMs() < untilMs) {
    const next = Math.min(INSERT_AT_ONCE, count - queued);
    await store.insert(Array.from({ length: next }, () => request));
    queued += next;
  }
  return queued;
}

/** Until all are answered and written, or the time is over. */
async function watch(worker: Worker, events: Events, bounds: DrainBounds): Promise<Drained> {
  const over = new AbortController();
  const signal = AbortSignal.any([bounds.signal, over.signal]);
  let count = 0;
  let trouble: unknown;
  const fail = (error: unknown) => {
    trouble ??= error;
    over.abort();
  };
  events.on('settled', ({ written }) => {
    count += written;
    if (count >= bounds.count) over.abort();
  });
  events.on('attemptEnded', ({ outcome, error }) => {
    if (outcome !== 'completed') fail(unanswered(error));
  });
  // A worker would go on trying for ever.
  events.on('storeFailed', ({ error }) => fail(error));
  const startMs = systemClock.nowMs();
  const before = performance.eventLoopUtilization();
  worker.wake();
  await systemClock.sleep(bounds.ms, signal);
  const { utilization } = performance.eventLoopUtilization(before);
  const seconds = (systemClock.nowMs() - startMs) / 1_000;
  if (trouble !== undefined) throw trouble;
  return { count, perSecond: Math.round(count / seconds), busy: Math.round(utilization * 100) / 100 };
}
