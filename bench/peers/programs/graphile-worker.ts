import type { PeerTask } from '../peer.ts';
import { connectPostgres } from './postgres.ts';

interface Payload {
  /** Of its answer. */
  readonly key: string;
  readonly request: unknown;
}

export type Work = (
  payload: Payload,
  helpers: { readonly query: (sql: string, values: readonly unknown[]) => Promise<unknown> },
) => Promise<void>;

interface WorkerUtils {
  migrate(): Promise<void>;
  addJob(task: string, payload: Payload): Promise<unknown>;
  addJobs(jobs: readonly { identifier: string; payload: Payload }[]): Promise<unknown>;
  release(): Promise<void>;
}

type LogLine = (level: string, message: string) => void;

/** What is used of the package graphile-worker. */
export interface GraphileWorker {
  run(options: {
    preset: object;
    taskList: Readonly<Record<string, Work>>;
    logger: unknown;
  }): Promise<unknown>;
  makeWorkerUtils(options: { connectionString: string }): Promise<WorkerUtils>;
  readonly Logger: new (makeLine: () => LogLine) => unknown;
}

/** The task whose answer somebody waits for: a NOTIFY tells of it. In a drain nobody does, and none slows it down. */
export const ASKED = 'asked';

/** It keeps no results: its users store them. */
export async function makeAnswers(task: PeerTask): Promise<void> {
  const postgres = await connectPostgres(task);
  await postgres.query(
    'CREATE TABLE IF NOT EXISTS answers (id bigserial PRIMARY KEY, key text NOT NULL UNIQUE, answer text NOT NULL)',
  );
  await postgres.end();
}
