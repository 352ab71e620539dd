import type { PeerTask } from '../peer.ts';
import { QUEUE } from './request.ts';
import { packageOf, postgresUrl } from './task.ts';

interface Job {
  readonly id: string;
  readonly data: unknown;
}

interface JobResult {
  readonly id: string;
  readonly status: 'completed';
  readonly output: unknown;
}

interface Boss {
  on(event: 'error', listener: (error: Error) => void): void;
  start(): Promise<unknown>;
  createQueue(name: string, options: object): Promise<unknown>;
  work(name: string, options: object, work: (jobs: readonly Job[]) => Promise<JobResult[]>): Promise<unknown>;
  insert(name: string, jobs: readonly { data: unknown }[]): Promise<unknown>;
  send(name: string, data: unknown): Promise<string | null>;
  getJobById(name: string, id: string): Promise<{ readonly state: string; readonly output: unknown } | null>;
  stop(options: object): Promise<void>;
}

/** Its queue wakes its workers by NOTIFY, which is what it offers to those who want an answer soon. */
export async function startBoss(task: PeerTask): Promise<Boss> {
  const { PgBoss } = packageOf<{ readonly PgBoss: new (options: object) => Boss }>(task, 'pg-boss');
  const boss = new PgBoss({ connectionString: postgresUrl(task), useListenNotify: true });
  boss.on('error', (error) => process.stderr.write(`${error}\n`));
  await boss.start();
  await boss.createQueue(QUEUE, { notify: true });
  return boss;
}
