import { existsSync } from 'node:fs';
import { AiIpcError, type ErrorCode, messageOf } from '../../base/errors.ts';
import { WorkerDirectory } from '../../client/worker-directory.ts';
import type { Settings } from '../../config/load.ts';
import type { QueueStore } from '../../queue/queue-store.ts';
import { databaseName, openStore } from '../../store/open-store.ts';
import type { Stop } from '../base/stop.ts';
import type { Lab } from './lab.ts';
import { withOwnWorker } from './own-worker.ts';
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

const NO_WORKER =
  'No worker is alive on this database, so nobody is served. Start it: sudo systemctl start ai-ipc-worker, by hand ' +
  '`ai-ipc worker`. To test all but that: --own-worker.';
const NOTHING_NAMED =
  'there is no such file, and nothing here names another database. Go into the folder of your .env, or name it with --database.';

export interface Surroundings {
  readonly report: Report;
  readonly stop: Stop;
  readonly say: (line: string) => void;
  /** Nothing names a database. */
  readonly isDefault: boolean;
  readonly mayRunWorker: boolean;
}

/** Runs the eight tests; returns which worker served them: its id, own, or null where it did not come to that. */
export async function runTests(settings: Settings, surroundings: Surroundings): Promise<string | null> {
  const { report } = surroundings;
  const store = await connect(settings, surroundings);
  if (store === undefined) return null;
  try {
    await report.run('Table existence', () => testTables(store));
    return report.hasPassed('Table existence') ? await testQueue(settings, store, surroundings) : null;
  } finally {
    await store.close();
  }
}

/** The first test, and the second where that is known to fail already. */
async function connect(
  { database }: Settings,
  { report, isDefault }: Surroundings,
): Promise<QueueStore | undefined> {
  let store: QueueStore | undefined;
  let schemaError: AiIpcError | undefined;
  await report.run('Database connectivity', async () => {
    if (database.kind === 'sqlite' && !existsSync(database.file)) {
      if (isDefault) throw new AiIpcError('database_unknown', `${databaseName(database)}: ${NOTHING_NAMED}`);
      report.warn(`${databaseName(database)} was not there: this self-test made it, and knows of no other.`);
    }
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

async function testQueue(
  settings: Settings,
  store: QueueStore,
  surroundings: Surroundings,
): Promise<string | null> {
  const { report, stop, say, mayRunWorker } = surroundings;
  const { signal } = stop;
  const requests = await OwnRequests.open({ store, database: settings.database, signal });
  const runOn = async (ring: Lab['ring'], whyUnserved?: string) => {
    const warn = (warning: string) => report.warn(warning);
    try {
      await runQueueTests(report, { store, requests, ring, whyUnserved, signal, warn });
    } finally {
      await requests.cancelOpen();
    }
  };
  try {
    const living = await livingWorker(store);
    if (living !== undefined) {
      say(`Worker: ${living}`);
      await withDoorbell(store, runOn);
      return living;
    }
    if (!mayRunWorker) {
      say('Worker: none is running on this database');
      await runOn(async () => undefined, NO_WORKER);
      return null;
    }
    say(
      `Worker: none is running on this database; the self-test runs its own, with ${settings.worker.aiServiceBaseUrl}`,
    );
    await withOwnWorker(settings, (worker) => runOn(async () => worker.wake()));
    return 'own';
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
