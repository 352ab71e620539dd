import { type AiDelays, type AiStubProcess, startAiStubProcess } from '../../test/support/ai-stub-process.ts';
import { MariadbServer } from '../../test/support/mariadb-server.ts';
import type { DatabaseSettings, TestDatabase } from '../../test/support/test-database.ts';
import type { WorkerProcess } from '../../test/support/worker-process.ts';
import { onNewDatabase } from '../one-drain.ts';
import { startWorker } from '../worker-process.ts';

export type Settings = Readonly<Record<string, string>>;

/** What a scenario plays on: a MariaDB with durable commits and an AI service, both of its own, on this machine. */
export interface Stage {
  readonly server: MariadbServer;
  /** With our tables. The load comes by its `query`. */
  readonly database: TestDatabase;
  readonly stub: AiStubProcess;
}

/** Nothing of it is left behind, whatever becomes of `play`. */
export async function onStage(ai: AiDelays, play: (stage: Stage) => Promise<void>): Promise<void> {
  const server = new MariadbServer();
  const stub = await startAiStubProcess(ai);
  try {
    await server.start();
    await onNewDatabase(server.address, (database) => play({ server, database, stub }));
  } finally {
    await server.remove();
    await stub.stop();
  }
}

export interface WorkerOptions {
  readonly settings: Settings;
  readonly count?: number;
  /** The way to the database, where it is not the straight one. */
  readonly through?: DatabaseSettings;
}

/** Real workers for as long as `work` takes. */
export async function withWorkers<T>(
  { database, stub }: Stage,
  { settings, count = 1, through = database.settings }: WorkerOptions,
  work: (workers: readonly WorkerProcess[]) => Promise<T>,
): Promise<T> {
  const env = { AI_SERVICE_BASE_URL: stub.url, ...settings };
  const workers = Array.from({ length: count }, () => startWorker(through, env));
  try {
    await Promise.all(workers.map((worker) => worker.started()));
    return await work(workers);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}
