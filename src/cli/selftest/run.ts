import { AiIpcError, type ErrorCode, messageOf } from '../../base/errors.ts';
import { createEvents } from '../../base/events.ts';
import { WorkerDirectory } from '../../client/worker-directory.ts';
import type { Settings } from '../../config/load.ts';
import type { QueueStore } from '../../queue/queue-store.ts';
import { openStore } from '../../store/open-store.ts';
import type { Stop } from '../base/stop.ts';
import { keepingOldRequests, withWorker } from '../base/with-worker.ts';
import type { Lab } from './lab.ts';
import type { Report } from './report.ts';
import { OwnRequests } from './requests.ts';
import { runQueueTests, testTables } from './tests.ts';

/** A worker beats every 2 s: one that missed two beats may be dead, and a test must not wait for it. */
const LIVING_MS = 5_000;
/** The server answered, so there is a connection; what it holds is the matter of the second test. */
const SCHEMA_CODES: readonly ErrorCode[] = [
  'schema_missing',
  'schema_old',
  'schema_new',
  'database_unsupported',
];

export interface Surroundings {
  readonly report: Report;
  readonly stop: Stop;
  readonly say: (line: string) => void;
}

/** Runs the eight tests; returns which worker served them: its id, own, or null where it did not come to that. */
export async function runTests(settings: Settings, surroundings: Surroundings): Promise<string | null> {
  const { report } = surroundings;
  const store = await connect(settings, report);
  if (store === undefined) return null;
  try {
    await report.run('Table existence', () => testTables(store));
    return report.hasPassed('Table existence') ? await testQueue(settings, store, surroundings) : null;
  } finally {
    await store.close();
  }
}

/** The first test, and the second where that is known to fail already. */
async function connect({ database }: Settings, report: Report): Promise<QueueStore | undefined> {
  let store: QueueStore | undefined;
  let schemaError: AiIpcError | undefined;
  await report.run('Database connectivity', async () => {
    try {
      store = await openStore(database);
    } catch (error) {
      if (!(error instanceof AiIpcError) || !SCHEMA_CODES.includes(error.code)) throw error;
      schemaError = error;
    }
    return 'the database answers';
  });
  if (schemaError !== undefined) await report.run('Table existence', () => Promise.reject(schemaError));
  return store;
}

async function testQueue(settings: Settings, store: QueueStore, surroundings: Surroundings): Promise<string> {
  const { report, stop, say } = surroundings;
  const { signal } = stop;
  const requests = await OwnRequests.open({ store, database: settings.database, signal });
  const runOn = async (ring: Lab['ring']) => {
    try {
      await runQueueTests(report, { store, requests, ring, signal, warn: (warning) => report.warn(warning) });
    } finally {
      await requests.cancelOpen();
    }
  };
  try {
    const living = await livingWorker(store);
    if (living === undefined) {
      say(
        `Worker: none is running on this database; the self-test runs its own, with ${settings.worker.aiServiceBaseUrl}`,
      );
      const parts = { store: keepingOldRequests(store), settings: settings.worker, events: createEvents() };
      await withWorker(parts, (worker) => runOn(async () => worker.wake()));
    } else {
      say(`Worker: ${living}`);
      await withDoorbell(store, runOn);
    }
    return living ?? 'own';
  } finally {
    await removeAll(requests, report);
  }
}

async function withDoorbell(store: QueueStore, work: (ring: Lab['ring']) => Promise<void>): Promise<void> {
  const workers = new WorkerDirectory(store);
  try {
    await work(() => workers.ring());
  } finally {
    workers.close();
  }
}

async function livingWorker(store: QueueStore): Promise<string | undefined> {
  const workers = await store.sightings();
  return workers.find(({ heartbeatAgeMs }) => heartbeatAgeMs !== null && heartbeatAgeMs <= LIVING_MS)?.id;
}

/** The tests have their results by then, and the worker deletes the rest: no reason to fail. */
async function removeAll(requests: OwnRequests, report: Report): Promise<void> {
  try {
    await requests.remove();
  } catch (error) {
    report.warn(
      `The self-test could not delete its own requests or their log: ${messageOf(error)} It needs the rights ` +
        "SELECT, DELETE on ai_requests and ai_request_log, which the worker's user has. What is left has source_npc " +
        "'AI IPC self-test'; the worker deletes it after retention_days, and its log after log_retention_days.",
    );
  }
}
